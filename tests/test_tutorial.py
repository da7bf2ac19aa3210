"""The tutorial: the published lines to the printed digit, the trace against a scalar loop written here."""

import re
from math import sqrt

import numpy as np
from support.pictures import pixels

from rmsprop_lab import descend
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import RMSProp

# From the article, >30 to the end; white space collapsed.
PUBLISHED = """\
>30 f([-9.61030898e-14 3.19352553e-03]) = 0.00001
>31 f([-3.42767893e-14 2.71513758e-03]) = 0.00001
>32 f([-1.21143047e-14 2.30636623e-03]) = 0.00001
>33 f([-4.24204875e-15 1.95738936e-03]) = 0.00000
>34 f([-1.47154482e-15 1.65972553e-03]) = 0.00000
>35 f([-5.05629595e-16 1.40605727e-03]) = 0.00000
>36 f([-1.72064649e-16 1.19007691e-03]) = 0.00000
>37 f([-5.79813754e-17 1.00635204e-03]) = 0.00000
>38 f([-1.93445677e-17 8.50208253e-04]) = 0.00000
>39 f([-6.38906842e-18 7.17626999e-04]) = 0.00000
>40 f([-2.08860690e-18 6.05156738e-04]) = 0.00000
>41 f([-6.75689941e-19 5.09835645e-04]) = 0.00000
>42 f([-2.16291217e-19 4.29124484e-04]) = 0.00000
>43 f([-6.84948980e-20 3.60848338e-04]) = 0.00000
>44 f([-2.14551097e-20 3.03146089e-04]) = 0.00000
>45 f([-6.64629576e-21 2.54426642e-04]) = 0.00000
>46 f([-2.03575780e-21 2.13331041e-04]) = 0.00000
>47 f([-6.16437387e-22 1.78699710e-04]) = 0.00000
>48 f([-1.84495110e-22 1.49544152e-04]) = 0.00000
>49 f([-5.45667355e-23 1.25022522e-04]) = 0.00000
Done!
f([-5.45667355e-23 1.25022522e-04]) = 0.000000
"""


def tutorial_loop(x: float, y: float, n_iter: int = 50, step_size: float = 0.01, rho: float = 0.99) -> np.ndarray:
    """The published algorithm, one coordinate at a time in plain Python, without a look at our classes."""
    solution, average = [x, y], [0.0, 0.0]
    path = [list(solution)]
    for _ in range(n_iter):
        gradient = [2.0 * coordinate for coordinate in solution]
        for i in range(2):
            average[i] = average[i] * rho + gradient[i] ** 2.0 * (1.0 - rho)
            solution[i] -= step_size / (1e-8 + sqrt(average[i])) * gradient[i]
        path.append(list(solution))
    return np.array(path)


def start() -> np.ndarray:
    bounds = np.array([[-1.0, 1.0], [-1.0, 1.0]])
    return bounds[:, 0] + np.random.RandomState(1).rand(2) * (bounds[:, 1] - bounds[:, 0])


def test_the_command_prints_every_published_line(lab) -> None:
    ended = lab("experiment=tutorial", "tracking=none")
    assert ended.status == 0
    lines = re.sub(r" +", " ", ended.out).splitlines()
    numbered = [line for line in lines if line.startswith(">")]
    assert [line.split()[0] for line in numbered] == [f">{i}" for i in range(50)]
    published = PUBLISHED.splitlines()
    assert numbered[30:] == published[:20]
    after = lines.index(published[19])
    assert lines[after + 1 : after + 3] == published[20:]


def test_the_trace_agrees_with_a_scalar_loop() -> None:
    trace = descend(Bowl(), RMSProp(step_size=0.01, rho=0.99), start(), n_iter=50)
    np.testing.assert_allclose(trace.points[:, :, 0], tutorial_loop(*start()), rtol=1e-12, atol=0)
    np.testing.assert_allclose(start(), [-0.16595599, 0.44064899], atol=1e-8)


def test_the_figures_of_the_tutorial_are_drawn(lab, tmp_path) -> None:
    lab("experiment=tutorial", "tracking=none")
    figures = {path.name for path in (tmp_path / "outputs/tutorial/figures").glob("*.png")}
    assert {"bowl_surface.png", "bowl_contour.png", "bowl_rmsprop.png"} <= figures


def test_only_the_tutorial_is_in_jet(lab, tmp_path) -> None:
    """Its surface, contour and path; the same run in another study is not."""
    lab("experiment=tutorial", "tracking=none")
    lab("objective=bowl", "optimizer=rmsprop", "n_iter=50", "starts=fixed", "tracking=none", "name=other")
    red = {}
    for study in ("tutorial", "other"):
        for name in ("bowl_surface", "bowl_contour", "bowl_rmsprop"):
            r, g, b = np.moveaxis(pixels((tmp_path / f"outputs/{study}/figures/{name}.png").read_bytes()), 2, 0)
            red[study, name] = int(((r > 120) & (g < 30) & (b < 30)).sum())
    assert all((count > 100) == (study == "tutorial") for (study, _), count in red.items()), red
