"""Gradient flow and its kin: conservation laws, balancedness, drift."""

from neuroalg_sage.invariants.answers.question import Question

QUESTIONS = (
    Question("conservation_laws", "Generators of all polynomial conservation laws of a flow, up "
             "to a degree",
             ".dynamics.conservation_law:ConservationLaws",
             reported=102, is_extra=True, instead="quadratic_conservation_laws",
             options=("degree", "flow"),
             claims=("conservation_laws", "conservation_laws_of_flow"),
             script=".dynamics.scripts:conservation_laws_script"),
    Question("number_of_conservation_laws", "The largest number of laws of a flow that are "
             "independent at a generic point",
             ".dynamics.conservation_law:NumberOfLaws",
             reported=103, is_extra=True, needs=("dimension",), options=("degree", "flow"),
             claims=("number_of_conservation_laws", "number_of_conservation_laws_of_flow")),
    Question("quadratic_conservation_laws", "The quadratic laws of gradient flow that linear "
             "symmetries give, however large the model",
             ".dynamics.quadratic_laws:QuadraticLaws",
             needs=("dimension",), claims=("quadratic_conservation_laws",)),
    Question("drift", "How far the laws drift, and φ(w) moves, when a flow is integrated "
             "numerically",
             ".dynamics.drift:DriftAnswer",
             needs=("conservation_laws",), options=("degree", "flow")),
    Question("balanced_initialization", "Parameters of a function with given values of the laws "
             "of gradient flow, or that there are none",
             ".dynamics.balanced_initialization:BalancedInitialization",
             needs=("conservation_laws",), options=("degree",),
             takes="a function", command="balanced",
             claims=("balanced_initialization",)),
)
