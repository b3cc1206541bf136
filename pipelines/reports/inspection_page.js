
for (const article of document.querySelectorAll("article")) {
  const command = article.querySelector("pre.command");
  const selects = [...article.querySelectorAll("select")];
  const quoted = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : "'" + text.replaceAll("'", "'\"'\"'") + "'");
  const compose = () => {
    const maps = selects.filter((one) => one.value).map((one) => " --map " + quoted(one.dataset.header + "=" + one.value));
    command.textContent = command.dataset.base + maps.join("");
    command.classList.toggle("changed", maps.length > 0);
    for (const one of selects) one.classList.toggle("changed", one.value !== "");
  };
  for (const one of selects) one.addEventListener("change", compose);
  if (command) compose();
}
