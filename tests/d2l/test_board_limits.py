"""The board averages both coordinates of its points and obeys its limits."""

from d2lkit import d2l


def test_points_that_are_averaged_lie_at_the_mean_of_their_places():
    board = d2l.ProgressBoard(xlim=[0, 8])
    for x, y in [(0, 3.0), (1, 6.0), (5, 9.0)]:
        board.add(x, y, "loss", every_n=3)
    assert board.data["loss"] == [(2.0, 6.0)]
    assert board.figure().axes[0].get_xlim() == (0, 8)
