"""The packages of a wheel: the project's own, and the shipped experiments as data of one of them.

Everything else about the project is in pyproject.toml.
"""

from setuptools import find_packages, setup

setup(
    packages=[
        *find_packages(include=["momentum_film*", "momentum_math*", "scenes*"]),
        "momentum_math.experiments",
    ],
    package_dir={"momentum_math.experiments": "experiments"},
)
