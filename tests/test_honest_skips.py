import inspect

import pytest

from tests import honest_skips

SKIPS = """
    import pytest
    def test_gpu(): pytest.skip("no CUDA device")
    def test_lazy(): pytest.skip("later")
    @pytest.mark.skip(reason="marked")
    def test_marked(): pass
    @pytest.mark.xfail(reason="known", strict=True)
    def test_known(): assert False
    def test_good(): pass
"""


@pytest.fixture
def suite(pytester, monkeypatch):
    pytester.makepyfile(honest_skips=inspect.getsource(honest_skips))
    pytester.makeconftest('pytest_plugins = ["honest_skips"]')
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(ci, *arguments):
        monkeypatch.setenv("CI", ci)
        return pytester.runpytest_subprocess("-p", "xdist", "-p", "no:cacheprovider", *arguments)

    return run


@pytest.mark.parametrize("workers", ["0", "2"])
def test_in_ci_only_a_missing_gpu_excuses(suite, pytester, workers):
    pytester.makepyfile(test_skips=SKIPS)
    result = suite("true", "-n", workers)
    result.assert_outcomes(passed=1, skipped=1, failed=1, errors=1, xfailed=1)
    result.stdout.fnmatch_lines_random(["*got 'later'; provide what is missing*", "*got 'marked'; provide*"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize("ci", ["", "false"])
def test_elsewhere_a_named_skip_stays_one(suite, pytester, ci):
    pytester.makepyfile(test_skips=SKIPS)
    result = suite(ci)
    result.assert_outcomes(passed=1, skipped=3, failed=0, xfailed=1)
    assert result.ret == pytest.ExitCode.OK


def test_in_ci_a_module_cannot_skip_itself(suite, pytester):
    pytester.makepyfile(test_module='import pytest\npytest.importorskip("no_such_module")\ndef test_it(): pass')
    result = suite("true")
    result.stdout.fnmatch_lines(["*could not import 'no_such_module'*provide what is missing*"])
    assert result.ret == pytest.ExitCode.INTERRUPTED
