"""A folder of `--config-dir` that cannot be read is refused at once; so is every file that Hydra would read."""

import os
from pathlib import Path

import pytest

GLOBAL = "# @package _global_\n"
WRITE = "To choose an option in a file, write `- override /{}` below `defaults:`."
FILES = {
    "a number": ("5", "--config-dir: expected files with keys and values, found experiment/mine.yaml with 5."),
    "a list": ("- a", "expected files with keys and values"),
    "a key twice": (GLOBAL + "n_iter: 5\nn_iter: 6\n", "found 'n_iter' twice in experiment/mine.yaml, line 3"),
    "itself": (GLOBAL + "a: &a\n  b: *a\n", "that contains itself"),
    "deep": ("x: " + "[" * 5000 + "]" * 5000, "at most 40 levels"),
    "no header": ("n_iter: 5", "experiment: expected a file that begins with `# @package _global_`, found one without"),
    "a broken header": ("# @package\nn_iter: 5", "Expected header format: KEY VALUE"),
    "a set": (GLOBAL + "x: !!set {a}", "expected YAML of plain values, found !!set in experiment/mine.yaml, line 2"),
    "null as a key": (GLOBAL + "search: {null: 1}", "found a key of null in experiment/mine.yaml, line 2."),
    "an open interpolation": (GLOBAL + "name: ${", "name: expected a value that can be composed"),
    "no such key": (GLOBAL + "name: ${nope}", "name: expected a value that can be composed, found Interpolation key"),
    "a variable": (GLOBAL + "name: ${oc.env:NOPE}", "Environment variable 'NOPE' not found"),
    "a loop": (GLOBAL + "name: ${name}", "name: expected a value that can be composed"),
    "text for objectives": (
        GLOBAL + "objective: bowl",
        "objective: expected at least one option, found 'bowl'. " + WRITE.format("objective: bowl"),
    ),
    "a list for objectives": (
        GLOBAL + "objective: [bowl, levy]",
        "found objective: [bowl, levy] in experiment/mine.yaml. Write `- override /objective: [bowl, levy]` below",
    ),
    "a list for a mapping": (GLOBAL + "limits: [1]", "experiment: expected mappings where the config has them, found"),
    "an option for a mapping": (GLOBAL + "search: tpe", "found 'tpe'. " + WRITE.format("search: tpe")),
    "an option below defaults": (
        GLOBAL + "defaults: [search: tpe]",
        "search: expected an option that is chosen as an override, found search: tpe below `defaults:`. Write",
    ),
    "an option without override": (
        GLOBAL + "defaults: [/search: tpe]",
        "found - /search: tpe. Write `- override /search: tpe` below `defaults:`.",
    ),
    "an override without a slash": (
        GLOBAL + "defaults: [override search: tpe]",
        "found override search, without the slash. Write `- override /search: <option>` below `defaults:`.",
    ),
    "an override without the header": (
        "defaults: [override /search: tpe]",
        "experiment: expected a file that begins with `# @package _global_`, found one without. Make this its first",
    ),
    "defaults": (GLOBAL + "defaults: 5", "defaults must be a list"),
    "defaults of null": (GLOBAL + "defaults: [null]", "Unsupported type in defaults"),
    "defaults of numbers": (GLOBAL + "defaults: [override /objective: [[1]]]", "Unsupported item value"),
    "defaults of itself": (GLOBAL + "defaults: [mine]", "what contains itself"),
    "hydra": (GLOBAL + "hydra: null", "command line: expected overrides and YAML files that Hydra can compose"),
    "a launcher": (GLOBAL + "hydra: {launcher: {_target_: hydra_plugins.x.X}}", "one of Hydra's launchers that is"),
    "a list for a launcher": (GLOBAL + "hydra: {launcher: {_target_: [1]}}", "hydra.launcher._target_: expected"),
}


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    (tmp_path / "mine/experiment").mkdir(parents=True)
    return tmp_path / "mine/experiment/mine.yaml"


@pytest.mark.parametrize("case", sorted(FILES))
def test_a_file_is_refused_in_one_line(lab, tmp_path: Path, mine: Path, case: str) -> None:
    text, says = FILES[case]
    mine.write_text(text)
    ended = lab("--config-dir", "mine", "experiment=mine", "tracking=none")
    assert ended.status == 2, ended.err
    assert says in ended.err
    assert ended.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_what_is_no_file_is_refused_also_where_it_is_not_chosen(lab, mine: Path) -> None:
    os.mkfifo(mine)
    assert "experiment/mine.yaml, which is no regular file" in lab("--config-dir", "mine").err
    mine.unlink()
    mine.symlink_to("/dev/zero")
    assert "experiment/mine.yaml, which is no regular file" in lab("--config-dir", "mine").err


@pytest.mark.parametrize("folder", [300 * "x", "/", "/proc", "/dev/zero", "nowhere", ""])
def test_what_is_no_folder_of_yaml_files_is_refused(lab, tmp_path: Path, folder: str) -> None:
    ended = lab("--config-dir", folder, "tracking=none", "figures=false", "n_iter=1")
    if folder:
        assert ended.status == 2
        assert ended.err.startswith("rmsprop-lab: --config-dir: expected a folder")
    else:
        assert ended.status == 0


@pytest.mark.parametrize("group", ["optimizer", "objective", "experiment"])
def test_a_folder_with_the_name_of_a_file_is_told(lab, tmp_path: Path, group: str) -> None:
    (tmp_path / "mine" / group / "sign.yaml").mkdir(parents=True)
    ended = lab("--config-dir", "mine", f"{group}=sign", "tracking=none")
    assert ended.status == 2
    assert f"found the folder {group}/sign.yaml. Rename the folder" in ended.err


def test_a_file_with_another_ending_is_told(lab, mine: Path) -> None:
    mine.with_suffix(".yml").write_text(GLOBAL + "n_iter: 1\n")
    assert "Rename mine.yml to mine.yaml." in lab("--config-dir", "mine", "experiment=mine").err


KEYS = {
    "m: {step_size: 1}\nn: {}\n": "found m, n. Put each key into a file of its own",
    "n: {step_size: 1}\n": "found n. Name the key after the file.",
    "null: {step_size: 1}\n": "found a key of null in optimizer/m.yaml, line 1.",
}


@pytest.mark.parametrize("text", KEYS)
def test_the_keys_of_an_option_are_told_as_they_are(lab, tmp_path: Path, text: str) -> None:
    (tmp_path / "mine/optimizer").mkdir(parents=True)
    (tmp_path / "mine/optimizer/m.yaml").write_text(text)
    assert KEYS[text] in lab("--config-dir", "mine", "optimizer=m").err


def test_a_link_to_the_folder_above_ends(lab, mine: Path) -> None:
    (mine.parent / "loop").symlink_to(mine.parent.parent)
    mine.write_text(GLOBAL + "n_iter: 1\n")
    ended = lab("--config-dir", "mine", "experiment=mine", "tracking=none", "figures=false")
    assert ended.status in (0, 2)
    assert "Traceback" not in ended.err


def test_a_file_outside_the_folder_has_the_same_limits(lab, tmp_path: Path, mine: Path) -> None:
    (tmp_path / "evil.yaml").write_text("x: 1\nx: 2\n")
    mine.write_text(GLOBAL + "defaults: [../../evil]\n")
    ended = lab("--config-dir", "mine", "experiment=mine", "tracking=none")
    assert ended.status == 2
    assert "found 'x' twice" in ended.err


def test_a_command_that_was_recorded_and_grew_is_passed_over(lab, tmp_path: Path) -> None:
    few = ("optimizer=gd", "search=random", "search.trials=2", "n_iter=2", "tracking=none", "figures=false")
    assert lab(*few).status == 0
    for index, content in enumerate(("[" * 5000, "a: &a [*a]", "x: 1\nx: 2", "[1]", "config: 5")):
        (tmp_path / f"outputs/study/commands/99990101T00000{index}.yaml").write_text(content)
    os.mkfifo(tmp_path / "outputs/study/commands/99990101T000009.yaml")
    ended = lab("task=optuna", *few)
    assert ended.status == 0, ended.err
