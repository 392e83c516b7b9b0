"""
Models from elsewhere: SymPy expressions, JSON model files, and any of these by one word.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from neuroalg_sage.errors import InputError, suggesting
from neuroalg_sage.files import read_bytes
from neuroalg_sage.models.computation_graphs import (
    ComputationGraph,
    Contraction,
    FixedMap,
    Join,
    Weights,
)
from neuroalg_sage.models.expressions import (
    Polynomial,
    Quotient,
    check_name,
    parse_quotient,
    shown,
)
from neuroalg_sage.models.families import family_named, parse_spec
from neuroalg_sage.models.layers import (
    MAXIMAL_LAYERS,
    Activation,
    Attention,
    Chain,
    Composite,
    Convolution,
    Dense,
    Layer,
    PolynomialLayer,
    Product,
    Sum,
    names_of,
    whole_number,
)
from neuroalg_sage.models.matrix_spaces import MatrixSpace
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.numbers import NOT_FINITE, TOO_LONG, written
from neuroalg_sage.models.rational_functions import RationalFunctions
from neuroalg_sage.models.rational_layers import (
    EntrywiseQuotient,
    RationalActivation,
    SquareRoot,
)
from neuroalg_sage.models.sage_input import names_in, rational, read_model

MODEL_SCHEMA = 1
MAXIMAL_FILE_BYTES = 20_000_000
MAXIMAL_DEPTH = 30

_MODEL_FIELDS = ({"spec"}, {"parameters", "inputs", "outputs"}, {"layers", "input_shape"})


def polynomial_model(outputs: Sequence[Polynomial], parameters: Sequence[str],
                     inputs: Sequence[str], name: str | None = None) -> Model:
    """
    The model whose outputs are these polynomials in named parameters and inputs.

    INPUT:

    - ``outputs`` -- polynomials whose exponents are of parameters, then inputs
    - ``parameters``, ``inputs`` -- names
    - ``name`` -- what the model is called, one line of text

    OUTPUT: :class:`~neuroalg_sage.models.model.Model` with one layer
    """
    terms = tuple(tuple(sorted(p.items(), reverse=True)) for p in outputs)
    return Model((PolynomialLayer(tuple(parameters), tuple(inputs), terms),), (len(inputs),),
                 name=name)


def quotient_model(outputs: Sequence[Quotient], parameters: Sequence[str],
                   inputs: Sequence[str], name: str | None = None) -> Model:
    """
    The model whose outputs are these quotients of polynomials in named parameters and inputs; like
    :func:`polynomial_model`.

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`; where no denominator holds a parameter or an
    input that does not cancel, a polynomial one
    """
    if not any(any(map(any, below)) for _, below in outputs):
        polynomials = [{e: c / below[(0,) * (len(parameters) + len(inputs))]
                        for e, c in above.items()} for above, below in outputs]
        return polynomial_model(polynomials, parameters, inputs, name)
    parts = polynomial_model([above for above, _ in outputs] + [below for _, below in outputs],
                             parameters, inputs)
    return Model((*parts.layers, EntrywiseQuotient()), (len(inputs),), name=name)


@suggesting
def from_expressions(outputs: Sequence[str] | str, parameters: Sequence[str] | str,
                     inputs: Sequence[str] | str, name: str | None = None) -> Model:
    """
    The model given by polynomials, or quotients of such, written as text.

    INPUT:

    - ``outputs`` -- strings, one for each output
    - ``parameters``, ``inputs`` -- sequences of names, or a text with names such as ``"a, b"``
    - ``name`` -- what the model is called, one line of text

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> model = from_expressions(["a*x^2 + a*b*x*y"], ["a", "b"], ["x", "y"])
        >>> model.parameter_count, model.ambient_dimension
        (2, 3)
        >>> from_expressions("(a*x + b)/(c*x + d)", "a, b, c, d", "x").parameter_names
        ('a', 'b', 'c', 'd', 'scale')
        >>> from_expressions(["a*x + b"], "a, b", "x", name="Line")
        Model Line with 2 parameters, 1 input and 1 output
    """
    parameters, inputs = names_in(parameters), names_in(inputs)
    names = [check_name(x, "parameter or input") for x in parameters + inputs]
    texts = [outputs] if isinstance(outputs, str) else outputs
    return quotient_model([parse_quotient(p, names) for p in texts], parameters, inputs, name)


@suggesting
def from_sympy(outputs: Any, parameters: Any, inputs: Any, name: str | None = None) -> Model:
    """
    The model given by SymPy expressions.

    INPUT:

    - ``outputs`` -- SymPy expression, or a sequence or matrix of them, polynomials
      over Q in parameters and inputs, or quotients of such
    - ``parameters``, ``inputs`` -- sequences of SymPy symbols, or one
    - ``name`` -- what the model is called, one line of text

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    Raises :class:`~neuroalg_sage.errors.InputError` if an expression is not
    a polynomial, or a quotient of such, in these symbols with rational coefficients, or if it holds
    a floating-point number that is not what it prints.

    EXAMPLES::

        >>> import sympy
        >>> a, b, x, y = sympy.symbols("a b x y")
        >>> from_sympy((a*x + b*y)**2, [a, b], [x, y]).ambient_dimension
        3
    """
    import sympy

    given = (list, tuple, sympy.MatrixBase, sympy.Tuple)
    expressions, parameters, inputs = (list(part) if isinstance(part, given) else [part]
                                       for part in (outputs, parameters, inputs))
    symbols = parameters + inputs
    if not all(isinstance(s, sympy.Symbol) for s in symbols):
        raise InputError("The parameters and inputs are symbols of SymPy, such as [a, b] and x.")
    quotients: list[Quotient] = []
    for expression in expressions:
        try:
            if isinstance(expression, str):  # SymPy would evaluate text as code
                raise TypeError
            expression = sympy.sympify(expression, strict=True)
            if not isinstance(expression, (sympy.Expr, sympy.Poly)):
                raise TypeError  # an equation would be read as the difference of its sides
            fractions = {number: rational(number, "coefficient")
                         for number in expression.atoms(sympy.Float)}
            expression = expression.xreplace({
                number: sympy.Rational(c.numerator, c.denominator)
                for number, c in fractions.items()})
            if isinstance(expression, sympy.Poly):
                expression = expression.as_expr()
            above, below = (
                {e: Fraction(int(c.numerator), int(c.denominator)) for e, c in sympy.Poly(
                    part, *symbols, domain=sympy.QQ).as_dict().items()}
                for part in sympy.fraction(sympy.together(expression)))
            if not below:
                raise InputError(f"{shown(str(expression))} divides by zero.")
        except InputError:
            raise
        except (sympy.PolynomialError, sympy.CoercionFailed, sympy.SympifyError,
                AttributeError, TypeError, ValueError):
            raise InputError(
                f"{shown(str(expression))} is not a SymPy polynomial over Q, or a quotient of "
                f"such, in {', '.join(map(str, symbols))}; for text use from_expressions."
            ) from None
        quotients.append((above, below))
    return quotient_model(quotients, list(map(str, parameters)), list(map(str, inputs)), name)


@suggesting
def from_sage(outputs: Any, parameters: Sequence[Any] | None = None,
              inputs: Sequence[Any] | None = None, name: str | None = None) -> Model:
    """
    The model given by polynomials of Sage.

    INPUT:

    - ``outputs`` -- one of these:

      - polynomials in the inputs whose coefficients are polynomials in the parameters;
      - polynomials in parameters and inputs, if at least one of both is stated; or quotients of
        such, elements of the field of fractions;
      - polynomials in the parameters alone: the coordinates of φ.  So is a homomorphism
        of polynomial rings, or a morphism of affine spaces.  The model is the linear form with
        these coefficients

    - ``parameters``, ``inputs`` -- variables, or their names
    - ``name`` -- what the model is called, one line of text

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    Raises :class:`~neuroalg_sage.errors.InputError` if there is no such model.

    EXAMPLES::

        >>> import sage.all__sagemath_singular
        >>> from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        >>> from sage.rings.rational_field import QQ
        >>> a, b = PolynomialRing(QQ, "a, b").gens()
        >>> x, y = PolynomialRing(a.parent(), "x, y").gens()
        >>> from_sage((a*x + b*y)**2).ambient_dimension
        3
        >>> from_sage([a**3, a**2*b, a*b**2, b**3]).ambient_dimension  # the twisted cubic
        4
    """
    return quotient_model(*read_model(outputs, parameters, inputs), name)


_KINDS: dict[str, type[Layer]] = {layer.kind: layer for layer in (
    Dense, Activation, Convolution, Attention, MatrixSpace, PolynomialLayer, Chain, Sum, Product,
    ComputationGraph, Weights, Contraction, FixedMap, Join, RationalActivation, EntrywiseQuotient,
    SquareRoot, RationalFunctions)}


def _layer(data: object, depth: int = 0) -> Layer:
    if not isinstance(data, dict) or not isinstance(data.get("kind"), str):
        raise InputError('Each layer must be an object with a "kind", such as {"kind": "dense", '
                         '"inputs": 2, "outputs": 3}.')
    if data["kind"] not in _KINDS:
        raise InputError(f"There is no layer kind {shown(data['kind'])}; the kinds are "
                         f"{', '.join(_KINDS)}.")
    if depth >= MAXIMAL_DEPTH and issubclass(_KINDS[data["kind"]], (Composite, RationalFunctions)):
        raise InputError(f"Layers are nested at most {MAXIMAL_DEPTH} deep.")
    return _KINDS[data["kind"]].from_data(
        {name: value for name, value in data.items() if name != "kind"},
        lambda inner: _layer(inner, depth + 1))


def model_from_data(data: object) -> Model:
    """
    Return the model that plain JSON data describes.

    INPUT:

    - ``data`` -- dictionary with ``"spec"``; or ``"parameters"``, ``"inputs"``,
      ``"outputs"`` (polynomials, or quotients of such, as text); or ``"input_shape"`` and
      ``"layers"``; and ``"name"``, what the model is called, if it has a name

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> model_from_data({"input_shape": [2], "layers": [
        ...     {"kind": "dense", "inputs": 2, "outputs": 2},
        ...     {"kind": "activation", "polynomial": "x^2"},
        ...     {"kind": "dense", "inputs": 2, "outputs": 1}]}).ambient_dimension
        3
    """
    if not isinstance(data, dict):
        raise InputError('A model must be a JSON object, such as {"spec": "mlp:2,2,3:x^2"}.')
    if data.get("schema", MODEL_SCHEMA) != MODEL_SCHEMA:
        raise InputError(f"The model's schema {shown(data['schema'])} is not known; this version "
                         f"reads schema {MODEL_SCHEMA}.")
    if "name" in data:
        rest = {field: value for field, value in data.items() if field != "name"}
        return model_from_data(rest).called(data["name"])
    fields = set(data) - {"schema"}
    if "layers" in fields:
        fields.discard("spec")  # a full description may carry the spec as a name
    if fields not in _MODEL_FIELDS:
        raise InputError("A model has either \"spec\", or \"parameters\", \"inputs\" and "
                         "\"outputs\", or \"input_shape\" and \"layers\".")
    if fields == {"spec"}:
        return parse_spec(data["spec"])
    if "outputs" in fields:
        if isinstance(data["outputs"], list) and data["outputs"] and all(
                isinstance(output, str) for output in data["outputs"]):
            return from_expressions(data["outputs"], names_of(data["parameters"], "parameters"),
                                    names_of(data["inputs"], "inputs"))
        return Model((_layer({"kind": "polynomial"} | {
            name: data[name] for name in fields}),), (len(data["inputs"]),))
    shape, layers = data["input_shape"], data["layers"]
    if not isinstance(shape, list) or not isinstance(layers, list) or (
            len(layers) > MAXIMAL_LAYERS):
        raise InputError('"input_shape" must be a list of whole numbers and "layers" a list of '
                         f"at most {MAXIMAL_LAYERS} layers.")
    spec = data.get("spec")
    model = Model(tuple(map(_layer, layers)), tuple(whole_number(n, "input shape") for n in shape))
    if spec is not None:
        named = parse_spec(spec)
        if (named.layers, named.input_shape) != (model.layers, model.input_shape):
            raise InputError(f"The layers are not those of the spec {shown(spec)}; leave one out.")
        return named
    return model


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"one object has the key {shown(twice)} twice; state each once.")
    return found


def read_json(path: str | Path, role: str) -> Any:
    """
    Read a JSON file; its numbers are the decimal numbers as written.

    Raises :class:`~neuroalg_sage.errors.InputError` with one sentence if it
    cannot be read, is too large, is not JSON, or nests too deeply.
    """
    content = read_bytes(path, role, MAXIMAL_FILE_BYTES)
    try:
        return json.loads(content, object_pairs_hook=_object, parse_float=written,
                          parse_int=lambda text: int(written(text)), parse_constant=written)
    except InputError as error:
        raise InputError(f"The {role} {shown(str(path))} is ambiguous: "
                         f"{error}") from None
    except RecursionError:
        raise InputError(f"The {role} {shown(str(path))} nests too deeply.") from None
    except ValueError as error:
        raise InputError(f"The {role} {shown(str(path))} is not JSON: {_reason(error)}."
                         ) from None


def _reason(error: ValueError) -> str:
    text = str(error)[:100]
    return f"one number {text}" if text in (TOO_LONG, NOT_FINITE) else text


def load_model(name: Any) -> Model:
    """
    Return the model that ``name`` stands for.

    INPUT:

    - ``name`` -- a model, a spec string, the path of a JSON model file, or
      the data of one; the path of a file ``*.onnx`` or ``*.keras``, of which the weights are left
      out; or polynomials or a map of Sage, as for :func:`from_sage`

    OUTPUT: :class:`~neuroalg_sage.models.model.Model`

    EXAMPLES::

        >>> load_model("linear:2,1,2").parameter_count
        4
    """
    if isinstance(name, Model):
        return name
    if isinstance(name, dict):
        return model_from_data(name)
    if not isinstance(name, (str, Path)):
        return from_sage(name)
    text = str(name)
    if text.lower().endswith(".onnx"):
        from neuroalg_sage.models.trained.onnx_files import from_onnx

        return from_onnx(text).model
    if text.lower().endswith(".keras"):
        from neuroalg_sage.models.trained.keras_files import from_keras

        return from_keras(text).model
    if isinstance(name, Path) or text.endswith(".json") or (
            family_named(text.partition(":")[0]) is None and _is_file(text)):
        return model_from_data(read_json(text, "model file"))
    return parse_spec(text)


def _is_file(text: str) -> bool:
    try:
        return len(text) < 1000 and Path(text).is_file()
    except (OSError, ValueError):
        return False
