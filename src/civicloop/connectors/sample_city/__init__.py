"""The sample city: a fictional city and its appeals, generated from a seed, with the truth."""

from civicloop.connectors.sample_city.city import write_sample_city
from civicloop.connectors.sample_city.plan import CityPlan, PlanError, SampleCityFiles

__all__ = ["CityPlan", "PlanError", "SampleCityFiles", "write_sample_city"]
