"""civicloop: hear, understand, dispatch, act, measure, report."""
