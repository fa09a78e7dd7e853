import json
import stat
import tarfile

import pytest

from civicloop.connectors.backups.folder import (
    BrokenBackupError,
    Manifest,
    digests_of,
    pack,
    pack_keys,
    read_manifest,
    unpack,
    whole_folder,
    write_manifest,
)


@pytest.fixture
def backup(tmp_path):
    folder = tmp_path / "backup"
    with whole_folder(folder) as making:
        (making / "database").write_bytes(b"rows")
        write_manifest(
            making,
            Manifest(
                made_at="2023-11-14T09:30:00+08:00",
                version="1",
                vendor="sqlite",
                migrations=["audit.0001_initial"],
                rows={"audit_auditevent": 1},
                key_names=["audit_key"],
                parts=dict(digests_of(making)),
            ),
        )
    return folder


def test_whole_folder_says_what_is_in_it(backup):
    manifest = read_manifest(backup)

    assert list(manifest.parts) == ["database"]
    assert manifest.rows == {"audit_auditevent": 1}


@pytest.mark.parametrize("harm", ["change", "remove", "manifest gone", "manifest cut", "other"])
def test_folder_that_is_not_what_was_written_is_refused(backup, harm):
    part, manifest = backup / "database", backup / "manifest.json"
    if harm == "change":
        part.write_bytes(b"rowz")
    elif harm == "remove":
        part.unlink()
    elif harm == "manifest gone":
        manifest.unlink()
    elif harm == "manifest cut":
        manifest.write_text(manifest.read_text()[:40])
    else:
        manifest.write_text(json.dumps({"name": "of another program"}))

    with pytest.raises(BrokenBackupError):
        read_manifest(backup)


def test_failure_on_the_way_leaves_nothing(tmp_path):
    def fail():
        with whole_folder(tmp_path / "b") as making:
            (making / "part").write_bytes(b"x")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()

    assert not list(tmp_path.iterdir())


def test_backup_is_never_written_over(backup):
    with pytest.raises(FileExistsError), whole_folder(backup):
        pass

    assert (backup / "database").read_bytes() == b"rows"


def test_files_come_back_with_their_folders(tmp_path):
    source, target = tmp_path / "files", tmp_path / "back"
    (source / "evidence" / "1").mkdir(parents=True)
    (source / "evidence" / "1" / "a.jpg").write_bytes(b"picture")

    count = pack(source, tmp_path / "files.tar")
    unpack(tmp_path / "files.tar", target)

    assert count == 1
    assert (target / "evidence" / "1" / "a.jpg").read_bytes() == b"picture"


def test_installation_without_files_has_an_empty_archive(tmp_path):
    assert pack(tmp_path / "none", tmp_path / "files.tar") == 0


def member(name, kind=tarfile.REGTYPE, target=""):
    found = tarfile.TarInfo(name)
    found.type, found.linkname = kind, target
    return found


@pytest.mark.parametrize(
    "hostile",
    [
        member("../outside"),
        member("a/../../outside"),
        member("/outside"),
        member("link", tarfile.SYMTYPE, "/etc/passwd"),
        member("link", tarfile.LNKTYPE, "../outside"),
        member("device", tarfile.CHRTYPE),
    ],
    ids=lambda hostile: f"{hostile.name} {hostile.type!r}",
)
def test_archive_with_anything_but_files_within_is_refused_whole(tmp_path, hostile):
    with tarfile.open(tmp_path / "files.tar", "w") as packed:
        packed.addfile(member("good"))
        packed.addfile(hostile)

    with pytest.raises(BrokenBackupError, match=hostile.name):
        unpack(tmp_path / "files.tar", tmp_path / "inside")

    assert not list((tmp_path / "inside").iterdir())
    assert not (tmp_path / "outside").exists()


def test_files_come_back_with_their_rights_and_no_more(tmp_path):
    with tarfile.open(tmp_path / "files.tar", "w") as packed:
        for name, mode in (("secret", 0o600), ("raised", 0o4777)):
            found = member(name)
            found.mode = mode
            packed.addfile(found)

    unpack(tmp_path / "files.tar", tmp_path / "back")

    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "back").iterdir()}
    assert modes == {"secret": 0o600, "raised": 0o755}


def test_keys_are_for_their_owner_alone_and_never_written_over(tmp_path):
    key = tmp_path / "audit_key"
    key.write_text("secret")
    archive = tmp_path / "keys.tar"

    pack_keys([key], archive)

    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        pack_keys([key], archive)
