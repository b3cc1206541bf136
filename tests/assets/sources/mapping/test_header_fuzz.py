"""Lists under other headers: permuted, translated, written otherwise, with columns dropped and added.

Whatever is done to the headers of a list, it is read as what it is or asked about, never as another kind of list.
"""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.assets.sources.support import recognised

# For each column its header in several languages, and cells.
Column = tuple[tuple[str, ...], tuple[str, ...]]
FIRST: Column = (("First Name", "Vorname", "Prénom", "Voornaam"), ("Ann", "Jean", "Maria"))
LAST: Column = (
    ("Last Name", "Nachname", "Nom de famille", "Apellidos", "Cognome", "Achternaam"),
    ("Lee", "Dupont", "Garcia"),
)
EMAIL: Column = (
    ("Email", "E-Mail-Adresse", "Courriel", "Correo electrónico"),
    ("a@b.example", "c@d.example", "e@f.example"),
)
PHONE: Column = (
    ("Phone", "Telefon", "Téléphone", "Teléfono", "Telefone"),
    ("+33699014622", "+33699014623", "+33699014624"),
)
JOB: Column = (("Job Title", "Funktion", "Fonction", "Puesto", "Functie"), ("CEO", "Buyer", "Engineer"))
COMPANY: Column = (
    ("Company", "Firma", "Société", "Empresa", "Azienda", "Bedrijf"),
    ("Acme Ltd", "Beta GmbH", "Gamma SA"),
)
INDUSTRY: Column = (("Industry", "Branche", "Secteur d'activité", "Settore"), ("Retail", "Energy", "Food"))
WEBSITE: Column = (("Website", "Webseite", "Site web", "Sitio web"), ("acme.example", "beta.example", "gamma.example"))
STAFF: Column = (("Number of Employees", "Mitarbeiterzahl", "Effectif", "Número de empleados"), ("12", "400", "7"))
CITY: Column = (("City", "Ort", "Ville", "Ciudad", "Città", "Plaats"), ("Rome", "Oslo", "Lyon"))
TITLE: Column = (
    ("Deal Name", "Opportunity Name", "Nom de l'affaire", "Nombre del negocio"),
    ("Pumps", "Valves", "Service"),
)
STAGE: Column = (("Stage", "Verkaufsphase", "Étape", "Etapa", "Fase"), ("Proposal", "Closed Won", "Negotiation"))
AMOUNT: Column = (("Amount", "Betrag", "Montant", "Importe", "Valore"), ("100", "250.50", "70"))
CLOSE: Column = (
    ("Close Date", "Abschlussdatum", "Date de clôture", "Fecha de cierre"),
    ("2025-05-20", "2025-06-21", "2025-07-22"),
)
CHANCE: Column = (("Probability", "Wahrscheinlichkeit", "Probabilité", "Probabilidad"), ("10", "50", "90"))
SUBJECT: Column = (("Subject", "Betreff", "Objet", "Asunto"), ("Demo", "Follow up", "Kick-off"))
KIND: Column = (("Activity Type", "Aktivitätstyp", "Type d'activité", "Tipo de actividad"), ("Call", "Meeting", "Task"))
DUE: Column = (("Due Date", "Fällig am", "Échéance", "Vencimiento"), ("2025-05-20", "2025-06-21", "2025-07-22"))
DONE: Column = (("Duration", "Dauer", "Durée", "Duración"), ("30", "60", "15"))
KINDS: dict[str, list[Column]] = {
    "contacts": [FIRST, LAST, EMAIL, PHONE, JOB, COMPANY, CITY],
    "organizations": [COMPANY, INDUSTRY, WEBSITE, STAFF, CITY, PHONE],
    "deals": [TITLE, STAGE, AMOUNT, CLOSE, CHANCE, COMPANY],
    "activities": [KIND, SUBJECT, DUE, DONE],
}
# One of these is kept: `Company, Phone, City` alone may be either.
MARKS: dict[str, list[Column]] = {
    "contacts": [FIRST, LAST, EMAIL],
    "organizations": [INDUSTRY, WEBSITE, STAFF],
    "deals": KINDS["deals"][:-1],
    "activities": KINDS["activities"],
}
NOISE: Column = (("florp", "Zonk 7", "x_quux", "intern"), ("foo", "bar", "baz"))


def restyled(header: str, style: int) -> str:
    words = header.replace("'", " ").split()
    return {
        0: header,
        1: header.upper(),
        2: "_".join(words).lower(),
        3: "".join(word.capitalize() for word in words),
        4: f"{header} *",
        5: f" {header.lower()}  (required)",
        6: ".".join(words),
    }[style]


@st.composite
def lists(draw: st.DrawFn) -> tuple[str, list[list[str]]]:
    kind = draw(st.sampled_from(sorted(KINDS)))
    columns = KINDS[kind]
    mark = draw(st.sampled_from(MARKS[kind]))
    others = draw(st.lists(st.sampled_from(columns), min_size=1, max_size=len(columns), unique=True))
    kept = [mark, *(column for column in others if column is not mark)]
    noise = [NOISE] * draw(st.integers(0, 2))
    order = draw(st.permutations([*kept, *noise]))
    language = draw(st.integers(0, 5))
    style = draw(st.integers(0, 6))
    headers = [restyled(names[min(language, len(names) - 1)], style) for names, _ in order]
    rows = [[cells[number] for _, cells in order] for number in range(3)]
    return kind, [headers, *rows]


@given(lists())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_list_is_never_read_as_another_kind(case: tuple[str, list[list[str]]]) -> None:
    kind, rows = case
    found = recognised(rows, "export")
    read = found.best.object.name if found.best else None
    assert read in (None, kind), (rows[0], read)


@given(st.sampled_from(sorted(KINDS)), st.integers(0, 5), st.integers(0, 6))
@settings(max_examples=100, deadline=None)
def test_a_whole_list_is_read_in_every_language_and_spelling(kind: str, language: int, style: int) -> None:
    columns = KINDS[kind]
    headers = [restyled(names[min(language, len(names) - 1)], style) for names, _ in columns]
    rows = [[cells[number] for _, cells in columns] for number in range(3)]
    found = recognised([headers, *rows], "export")
    assert found.best is not None, (headers, found.refusal)
    assert found.best.object.name == kind
