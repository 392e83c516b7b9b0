"""
NeuroAlg: exact, certified invariants of neuromanifolds, in SageMath and Macaulay2.

    >>> from neuroalg_sage import NeuroManifold, MLP
    >>> NeuroManifold(MLP([2, 2, 3], "x^2")).dimension()
    8 (proved)

Names are imported when first used; Sage and Macaulay2 only by what needs them.
"""

from __future__ import annotations

from importlib import import_module as _import_module

# Here and nowhere else: the wheel has it from here, and asking for a package's takes milliseconds.
__version__ = "0.1.0"

_HOMES = {
    "neuromanifold": ("NeuroManifold", "INVARIANTS"),
    "approximation": ("ActivationFunction", "ContinuousNetwork"),
    "piecewise": ("PiecewiseLinearArchitecture", "PiecewiseLinearNetwork"),
    "models.families": ("MLP", "LinearNetwork", "CNN", "parse_spec"),
    "models.transformers": ("LightningAttention", "Transformer"),
    "models.residual_networks": ("ResidualNetwork",),
    "models.recurrences": ("RecurrentNetwork", "StateSpaceModel"),
    "models.gated_networks": ("GatedNetwork", "MixtureOfExperts"),
    "models.matrix_products": ("Autoencoder", "LowRankAdaptation"),
    "models.layers": ("Layer", "Dense", "Activation", "Convolution", "Attention",
                      "PolynomialLayer", "Chain", "Sum", "Product"),
    "models.computation_graphs": ("ComputationGraph", "Contraction", "FixedMap", "Join",
                                  "Weights"),
    "models.rational_layers": ("RationalActivation", "EntrywiseQuotient", "SquareRoot"),
    "models.normalizations": ("normalization",),
    "models.graphs": ("Graph",),
    "models.matrix_spaces": ("MatrixSpace",),
    "models.networks_over_places": ("EquivariantNetwork", "GraphNetwork",
                                    "GroupConvolutionalNetwork", "SetNetwork"),
    "models.message_passing": ("GraphIsomorphismNetwork", "MessagePassingNetwork"),
    "models.invariant_networks": ("BispectralNetwork", "PowerSumNetwork"),
    "models.polynomial_networks": ("KolmogorovArnoldNetwork", "PolynomialNetwork"),
    "models.sum_product_networks": ("RegularSumProductNetwork", "SumProductNetwork"),
    "models.tensor_networks": ("FactorizedNetwork",),
    "models.relu": ("relu_on_cell",),
    "models.model": ("Model", "compose"),
    "models.trained.network": ("TrainedNetwork",),
    "models.trained.sources": ("load_trained",),
    "models.trained.onnx_files": ("from_onnx",),
    "models.trained.torch_programs": ("from_torch",),
    "models.trained.keras_files": ("from_keras",),
    "models.sources": ("load_model", "from_sympy", "from_sage", "from_expressions"),
    "invariants.answers.invariant": ("Invariant",),
    "invariants.answers.question": ("Question",),
    "pages.report_page": ("html_report",),
    "formats": ("write_ideal", "read_mrdi"),
    "invariants.dynamics.flows": ("Flow",),
    "invariants.training.training": ("TrainingProblem", "ERM", "population"),
    "invariants.training.interpolation": ("interpolation",),
    "survey": ("Survey", "mlps"),
    "survey.comparison": ("Comparison", "compare"),
    "survey.architectures": ("activation_threshold", "minimal_filling", "defective"),
    "certificates.checker": ("verify", "CertificateError"),
    "errors": ("NeuroAlgError", "InputError", "LimitReached", "EngineError"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

# What a name was called before, its name now, and the version that knows only that: the old one is
# kept for two minor releases.
_RENAMED: dict[str, tuple[str, str]] = {}

# A worksheet's ``from neuroalg_sage import *`` must not hide a function of Sage's.
__all__ = sorted(set(_HOME) - {"compose"})


def __getattr__(name: str) -> object:
    if name in _RENAMED:
        import warnings

        new, version = _RENAMED[name]
        warnings.warn(f"neuroalg_sage.{name} is now called neuroalg_sage.{new}; version {version} "
                      "will not know the old name.", DeprecationWarning, stacklevel=2)
        return __getattr__(new)
    if name not in _HOME:
        raise AttributeError(f"module 'neuroalg_sage' has no attribute {name!r}")
    value = getattr(_import_module(f"neuroalg_sage.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
