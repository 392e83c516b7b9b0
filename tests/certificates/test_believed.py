"""What the checker loads for a certificate is what is said to be believed for its claim."""

from __future__ import annotations

import json
import subprocess
import sys

from test_old_certificates import OLD

from neuroalg_sage.certificates import believed
from neuroalg_sage.certificates.checker import CLAIMS

# Verify certificates, each by a checker that is loaded anew, and say which files that loaded.
LOADED = """
import json, sys

for line in sys.stdin:
    for name in [name for name in sys.modules if name.startswith("neuroalg_sage")]:
        del sys.modules[name]
    from neuroalg_sage.certificates.checker import verify
    verify(json.loads(line))
    start = "neuroalg_sage.certificates."
    print(json.dumps([name.removeprefix(start) for name in sys.modules if name.startswith(start)]))
"""


def test_what_is_loaded_is_what_is_said_to_be_believed() -> None:
    texts = "\n".join(json.dumps(json.loads(text)) for text in OLD.values())
    output = subprocess.run([sys.executable, "-c", LOADED], input=texts, text=True, check=True,
                            stdout=subprocess.PIPE).stdout
    seen: set[str] = set()
    for text, line in zip(OLD.values(), output.splitlines(), strict=True):
        claim = CLAIMS[json.loads(text)["claim"]["invariant"]]
        loaded = set(json.loads(line)) - {*believed.SAME}
        first, *others = believed.ways(claim, again=True)
        assert loaded >= set(first.files)
        # What is loaded besides was chosen, with what that needs, by a file that is loaded.
        chosen = {module for way in others for module in way.chosen if module in loaded}
        files = {*believed.in_reading_order([*first.files, *chosen])} - {*believed.SAME}
        refusing = loaded.intersection(believed.REFUSALS)
        assert loaded == files.union(believed.in_reading_order(refusing)) - {*believed.SAME}
        assert believed.size(files) < 1300
        seen |= files
    named = {module for claim in CLAIMS.values() for way in believed.ways(claim)
             for module in way.files}
    assert seen == named
