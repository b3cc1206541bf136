"""Chooses the profiles for recognising the files of an import: the stated one, else users' saved profiles and all
built-in ones.

Users' profiles are archived with the import that first used them, so that a rebuild reads files the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from schemas.contracts.errors import ProfileError
from schemas.contracts.options import ImportOptions
from schemas.profiles.loader import Profile, profile_from_bytes, shipped_profile, shipped_profiles
from schemas.stores.archive import Archive
from schemas.stores.settings import Settings


def profiles_for(options: ImportOptions, archive: Archive) -> Sequence[Profile]:
    """The profiles for recognising an import's files. Raises ProfileError, StoreError."""
    if options.profile_sha256:
        return (_own(archive.get(options.profile_sha256), options.profile or "profile"),)
    if options.profile:
        return (shipped_profile(options.profile),)
    saved = [_own(archive.get(digest), "saved profile") for digest in options.saved_profiles]
    return (*saved, *shipped_profiles())


def _own(data: bytes, name: str) -> Profile:
    return profile_from_bytes(data, name).model_copy(update={"is_own": True})


def saved_profiles(settings: Settings) -> dict[str, bytes]:
    """The profiles in the home's profiles folder, by file name.

    Raises ProfileError, with the file, if one is invalid.
    """
    found: dict[str, bytes] = {}
    for path in sorted(settings.profiles_dir.glob("*.toml")):
        data = path.read_bytes()
        profile_from_bytes(data, str(path))
        found[path.name] = data
    return found


def own_profiles(settings: Settings) -> list[Profile]:
    """The saved profiles as objects."""
    return [_own(data, name) for name, data in saved_profiles(settings).items()]


def stated_or_known(given: str | None, settings: Settings) -> Sequence[Profile]:
    """The stated profile alone, else the saved ones and all built-in ones. Raises ProfileError."""
    return (*own_profiles(settings), *shipped_profiles()) if given is None else (read_profile(given)[0],)


def read_profile(given: str) -> tuple[Profile, bytes | None]:
    """Read a profile: a built-in one by name, or a TOML file by path, with its bytes.

    Raises ProfileError, with file, line, key and reason.
    """
    if not given.endswith(".toml"):
        return shipped_profile(given), None
    path = Path(given)
    if not path.is_file():
        raise ProfileError(f"{given}: there is no such file")
    data = path.read_bytes()
    return _own(data, given), data


def save_profile(settings: Settings, profile: Profile, data: bytes) -> Path:
    """Save a profile in the home, so that lists with its headers are recognised from then on."""
    settings.profiles_dir.mkdir(parents=True, exist_ok=True)
    path = settings.profiles_dir / f"{profile.name}.toml"
    path.write_bytes(data)
    return path
