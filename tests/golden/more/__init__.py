"""Second questions of every ask query on the real graph, asked before anybody ran them.

The rows in the CSV files beside this were written from the query's header (summary, parameters, columns), the facts and
the data's files, without the query's text and without running it; decision 0030 says how, and where the two differed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KHH = "gov:kaohsiung"
REPORT = "src:report-2013h1"

MORE: dict[str, Mapping[str, Any]] = {
    "agreements-ending-before": {"asOf": "2016-09-10", "before": "2016-09-15"},
    "agreements-of-city": {"city": "gov:hachioji"},
    "anniversaries": {"city": KHH, "year": 2019},
    "attendance-matrix": {"series": "evt:apcs", "since": 2011, "until": 2013},
    "changed-after": {"after": "2013-06-12", "city": "gov:male"},
    "claims": {"asOf": "2013-09-08", "claim": ["clm:kumamoto-plan", "clm:ord-seattle"]},
    "counts-stated-vs-listed": {"about": "evt:busan-liuhe-2013"},
    "delegation": {"visit": "evt:council-portland-2013", "lang": "zh-Hant"},
    "disputes": {"about": "tie:male"},
    "dormant-ties": {"city": "gov:busan", "since": "2014-01-01"},
    "entities-of-source": {"source": "src:crntt-101759200"},
    "events-hosted-and-attended": {"city": "gov:brisbane"},
    "facts-of-span": {"source": REPORT, "start": 16, "end": 39},
    "facts-without-evidence": {},
    "first-time-attendees": {"series": "evt:apcs", "year": 2013},
    "half-year-figures": {"city": "gov:gunma", "since": "2013-01-01", "until": "2013-06-30"},
    "names-in-all-scripts": {"entity": "per:koyama-seishi"},
    "neighbours": {"node": "agr:hachioji-2006"},
    "office-holder-on-date": {"day": "2012-06-15", "body": "gov:hachioji"},
    "open-promises": {"asOf": "2013-09-30", "city": "gov:kumamoto-prefecture", "kept": True},
    "person-offices-and-visits": {"person": "per:chen-chu"},
    "pipeline": {"city": "gov:haifa", "asOf": "2013-07-31"},
    "places-for-map": {"city": "gov:male"},
    "reciprocity": {"city": "gov:portland"},
    "series-every-year": {"series": "evt:lantern", "since": 2009, "until": 2013},
    "sister-cities-in-order": {"city": "gov:seattle"},
    "ties-by-kind-country-field": {"city": "gov:gunma"},
    "ties-of-city": {"city": "gov:kumamoto-prefecture", "asOf": "2014-06-01"},
    "timeline-of-city": {"city": "gov:gunma"},
    "visits-between": {"city": KHH, "partner": "gov:portland", "asOf": "2013-06-10"},
    "visits-in-period": {"city": KHH, "since": "2013-06-01", "until": "2013-06-10", "direction": "out"},
    "who-met-whom": {"person": "per:chen-chu"},
    "who-signed": {"city": "gov:male"},
}
