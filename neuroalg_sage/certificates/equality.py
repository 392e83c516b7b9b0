"""
Equality of what a certificate states with what it should.
"""

from __future__ import annotations

import json
from typing import Any


def same(value: Any, found: Any) -> bool:
    """Whether these are the same in JSON, where 1 is neither true nor 1.0."""
    return json.dumps(value, sort_keys=True) == json.dumps(found, sort_keys=True)
