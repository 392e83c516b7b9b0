"""The topology of the neurovariety over the complex numbers."""

from neuroalg_sage.invariants.answers.question import Question

QUESTIONS = (
    Question("euler_characteristic", "The Euler characteristic of the neurovariety over C, and of "
             "its projectivization",
             ".topology.euler_characteristic:EulerCharacteristic", title="Euler characteristic",
             reported=157, is_extra=True, where_known=True,
             needs=("dimension", "ideal"), claims=("euler_characteristic",),
             script=".topology.euler_characteristic:euler_script"),
)
