"""Every shape with a constraint and every check query: an edit of the clean fictional project that fires exactly it, and
a twin that does not.

A case is a line: name | subject | predicates whose triples go (of the subject, or `other^predicate`) | what the bad edit
adds to the subject | what the good edit adds | focus of the finding where it is not the subject. `=` restores the data.
"""

from __future__ import annotations

import dataclasses
import datetime
import re

import pyoxigraph as ox
import pytest
from conftest import ROOT, WANGJIN

from kgtool.catalog import NamedQuery
from kgtool.check import read_inputs
from kgtool.checks import Inputs
from kgtool.engine import EmbeddedStore, Solutions
from kgtool.index import Index
from kgtool.named import Binder, run
from kgtool.project import open_project
from kgtool.shacl import Plan, make_plan, results, validate_index
from kgtool.terms import RDF, RDFS, SH

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
SHAPE = "https://w3id.org/city-diplomacy/shapes#"
NOT_CONSTRAINTS = {"property", "sparql", "message", "severity", "name", "description", "order", "group"}
GRAPH = ox.NamedNode("urn:edited")
HEX = "0123456789abcdef" * 4
MACROS = {
    "%E": '; cd:evidence cit:gazetteer-wangjin ; skos:editorialNote "One dataset."@en',
    "%Q": "http://www.wikidata.org/entity/Q1",
    "%SEL": "a oa:TextPositionSelector",
    "%VISIT": 'a cd:Visit ; cd:host gov:wangjin ; cd:when "2021-08-03" ; cd:earliest "2021-08-03"^^xsd:date ; '
    'cd:latest "2021-08-03"^^xsd:date ; cd:evidence ps:99-152',
    "%HEX": HEX,
}

SHAPES = """
Certainty-certainty | clm:dragon-boat-bidao-yearly | cd:certainty | cd:certainty k:sure | cd:certainty k:possible
Summary-summary | clm:bidao-briefing | - | cd:summary "Once more."@en | cd:summary "Noch einmal."@de
Summary-en | clm:bidao-briefing | cd:summary | cd:summary "短。"@zh-Hant | cd:summary "短。"@zh-Hant , "Short."@en
Summary-zh-Hant | clm:bidao-briefing | cd:summary | cd:summary "Short."@en | cd:summary "短。"@zh-Hant , "Short."@en
Note-editorialNote | place:wangjin | - | skos:editorialNote "No tag." | skos:editorialNote "Tagged."@en-GB
Label-prefLabel | per:p-0001 | skos:prefLabel | skos:prefLabel "禾相殷"@zh-Hant , "禾相因"@zh-Hant | skos:prefLabel "禾相殷"@zh-Hant , "He"@en
Label-altLabel | per:p-0001 | - | skos:altLabel "He" | skos:altLabel "He"@en
Label-region | place:wangjin | - | skos:altLabel "望津"@zh-TW | skos:altLabel "望津"@zh-Hans
Label-romanised | place:wangjin | - | skos:altLabel "望津"@zh-Latn | skos:altLabel "Wangjin"@zh-Latn
When | evt:port-centenary-2021 | cd:when cd:earliest | cd:when "2021-11-20" | cd:when "../2021-11-20"
When-when | evt:port-centenary-2021 | cd:when | cd:when "2021-11-20"^^xsd:date | cd:when "2021-11-20"
When-earliest | evt:port-centenary-2021 | - | cd:earliest "2021-11-19"^^xsd:date | =
When-latest | evt:port-centenary-2021 | - | cd:latest "2021-11-21"^^xsd:date | =
When-order | evt:port-centenary-2021 | cd:earliest | cd:earliest "2021-11-21"^^xsd:date | cd:earliest "2021-11-20"^^xsd:date
Start | ten:marchefer-mayor | cd:started cd:startEarliest | cd:started "2021-07-01" | cd:started "../2021-07-01"
Start-started | ten:marchefer-mayor | cd:started | cd:started "2021-07-01"@en | cd:started "2021-07-01"
Start-startEarliest | ten:marchefer-mayor | - | cd:startEarliest "2021-06-30"^^xsd:date | =
Start-startLatest | ten:marchefer-mayor | - | cd:startLatest "2021-07-02"^^xsd:date | =
Start-order | ten:marchefer-mayor | cd:startLatest | cd:startLatest "2021-06-30"^^xsd:date | cd:startLatest "2021-07-01"^^xsd:date
End | ten:p-0006-mayor | cd:ended cd:endEarliest | cd:ended "2020" | cd:ended "../2020"
End-ended | agr:sablonne-2021 | - | cd:ended "2026-09" | =
End-endEarliest | ten:p-0006-mayor | - | cd:endEarliest "2020-01-02"^^xsd:date | =
End-endLatest | ten:p-0006-mayor | - | cd:endLatest "2020-12-30"^^xsd:date | =
End-order | ten:p-0006-mayor | cd:endEarliest | cd:endEarliest "2021-01-01"^^xsd:date | cd:endEarliest "2020-12-31"^^xsd:date
End-start | agr:sablonne-2021 | cd:endEarliest cd:endLatest | cd:endEarliest "2021-09-01"^^xsd:date ; cd:endLatest "2021-09-17"^^xsd:date | cd:endEarliest "2021-09-01"^^xsd:date ; cd:endLatest "2021-09-18"^^xsd:date
Name | nam:p-0005-1 | cd:correctionKind | | cd:correctionKind k:misprint
Name-nameOf | nam:p-0005-1 | - | cd:nameOf per:p-0001 | =
Name-asWritten | nam:p-0005-1 | cd:asWritten | cd:asWritten "冼海閏" | cd:asWritten "冼海閏"@zh-Hant
Name-correctedForm | nam:p-0005-1 | cd:correctedForm | cd:correctedForm "冼海潤" | cd:correctedForm "冼海潤"@zh-Hant
Name-correctionKind | nam:p-0005-1 | cd:correctionKind | cd:correctionKind k:sic | cd:correctionKind k:truncated
Name-corrected | nam:p-0005-1 | cd:correctedForm | cd:correctedForm "冼海閏"@zh-Hant | cd:correctedForm "冼海潤"@zh-Hant
Any-evidence | evt:port-centenary-2021 | cd:evidence | | cd:evidence cit:gazetteer-wangjin
Agent-prefLabel | per:p-0001 | skos:prefLabel | | skos:prefLabel "禾相殷"@zh-Hant
Person-name | per:irene-vossane | - | skos:altLabel "Vossane"@ja | skos:altLabel "Vossane"@ja-Latn
Body-organOf | body:selarn-university | - | cd:organOf place:selarn | cd:organOf gov:selarn
Body-en | body:selarn-university | skos:prefLabel | skos:prefLabel "賽勒恩大學"@zh-Hant | skos:prefLabel "賽勒恩大學"@zh-Hant , "University"@en
Body-zh-Hant | body:selarn-university | skos:prefLabel | skos:prefLabel "University"@en | skos:prefLabel "賽勒恩大學"@zh-Hant , "University"@en
LocalGovernment-territory | gov:selarn | cd:territory | cd:territory body:selarn-university | cd:territory place:littoral-province
LocalGovernment-noTerritory | gov:selarn | cd:territory | | cd:territory place:selarn
Place-prefLabel | place:littoral-province | skos:prefLabel | | skos:prefLabel "Littoral Province"@en
Place-containedInPlace | place:riverside-night-market | schema:containedInPlace | schema:containedInPlace gov:wangjin | schema:containedInPlace place:wangjin
Place-latitude | place:selarn | schema:latitude | schema:latitude 90.5 | schema:latitude 90.0
Place-longitude | place:selarn | schema:longitude | schema:longitude -180.5 | schema:longitude -180.0
Place-country | place:selarn | schema:containedInPlace | | schema:containedInPlace place:country-selarnia
Located-latitude | place:littoral-province | - | schema:longitude 1.0 ; cd:evidence cit:gazetteer-sablonne | schema:longitude 1.0 ; schema:latitude 1.0 ; cd:evidence cit:gazetteer-sablonne
Located-longitude | place:littoral-province | - | schema:latitude 1.0 ; cd:evidence cit:gazetteer-sablonne | schema:longitude 1.0 ; schema:latitude 1.0 ; cd:evidence cit:gazetteer-sablonne
Located-evidence | place:selarn | cd:evidence | | cd:evidence cit:gazetteer-selarn
Identified | place:mole | - | schema:sameAs <%Q> %E | schema:sameAs <%Q> %E ; a schema:Place ; skos:prefLabel "Mole"@en
Identified-sameAs | place:riverside-night-market | - | schema:sameAs "https://example.org/1" %E | schema:sameAs <https://example.org/1> %E
Identified-wikidata | place:riverside-night-market | - | schema:sameAs <https://www.wikidata.org/wiki/Q1> %E | schema:sameAs <%Q> %E
Identified-geonames | place:riverside-night-market | - | schema:sameAs <https://www.geonames.org/1/> %E | schema:sameAs <https://sws.geonames.org/1/> %E
Identified-unique | place:riverside-night-market | - | schema:sameAs <%Q> , <%Q2> %E | schema:sameAs <%Q> , <https://sws.geonames.org/1/> %E
Identified-evidence | place:riverside-night-market | - | schema:sameAs <%Q> ; skos:editorialNote "One."@en | schema:sameAs <%Q> %E
Identified-agreed | place:riverside-night-market | - | schema:sameAs <%Q> ; cd:evidence cit:gazetteer-wangjin , cit:gazetteer-selarn | schema:sameAs <%Q> ; cd:evidence cit:gazetteer-wangjin , cit:gazetteer-selarn . cit:gazetteer-wangjin cd:supports schema:sameAs . cit:gazetteer-selarn cd:supports schema:sameAs
Post-prefLabel | post:mayor-wangjin | skos:prefLabel | | skos:prefLabel "Mayor"@en
Post-postIn | post:mayor-wangjin | cd:postIn | cd:postIn per:yun-ruolan | cd:postIn gov:wangjin
Tenure-holder | ten:yun-mayor | cd:holder | cd:holder gov:wangjin | cd:holder per:yun-ruolan
Tenure-post | ten:yun-mayor | cd:post | cd:post gov:wangjin | cd:post post:mayor-wangjin
Tenure-dated | ten:yun-mayor | cd:attested cd:attestedEarliest cd:attestedLatest | | cd:started "2021-01-01" ; cd:startEarliest "2021-01-01"^^xsd:date ; cd:startLatest "2021-01-01"^^xsd:date
Attested | ten:yun-mayor | cd:attested cd:attestedLatest | cd:attested "2021-08-04" | cd:attested "2021-08-04/.."
Attested-attested | ten:yun-mayor | - | cd:attested "2021" | =
Attested-attestedEarliest | ten:yun-mayor | - | cd:attestedEarliest "2021-08-03"^^xsd:date | =
Attested-attestedLatest | ten:yun-mayor | - | cd:attestedLatest "2021-08-05"^^xsd:date | =
Attested-order | ten:yun-mayor | cd:attestedLatest | cd:attestedLatest "2021-08-03"^^xsd:date | cd:attestedLatest "2021-08-05"^^xsd:date
Attested-end | ten:p-0006-mayor | - | cd:attested "2021" ; cd:attestedEarliest "2021-01-01"^^xsd:date ; cd:attestedLatest "2021-12-31"^^xsd:date | cd:attested "2020" ; cd:attestedEarliest "2020-01-01"^^xsd:date ; cd:attestedLatest "2020-12-31"^^xsd:date
Attested-start | ten:marchefer-mayor | cd:attestedEarliest cd:attestedLatest | cd:attestedEarliest "2021-06-01"^^xsd:date ; cd:attestedLatest "2021-06-30"^^xsd:date | cd:attestedEarliest "2021-06-01"^^xsd:date ; cd:attestedLatest "2021-07-01"^^xsd:date
Tie-party | tie:selarn | cd:party | cd:party gov:wangjin | cd:party gov:wangjin , gov:selarn
Tie-kind | tie:selarn | cd:kind | cd:kind gov:selarn | cd:kind k:friendship
Tie-kindUnknown | tie:selarn | cd:kind | | skos:altLabel "x"@en . clm:kind-selarn a cd:KindClaim ; cd:about tie:selarn ; cd:claimedKind k:sister-city ; cd:attributedTo gov:wangjin ; cd:evidence ps:882-888
Established | tie:bidao | cd:established cd:establishedEarliest | cd:established "1998" | cd:established "../1998"
Established-established | tie:bidao | - | cd:established "1997" | =
Established-establishedEarliest | tie:bidao | - | cd:establishedEarliest "1997-01-01"^^xsd:date | =
Established-establishedLatest | tie:bidao | - | cd:establishedLatest "1999-01-01"^^xsd:date | =
Established-order | tie:bidao | cd:establishedLatest | cd:establishedLatest "1997-12-31"^^xsd:date | cd:establishedLatest "1998-01-01"^^xsd:date
Agreement-party | agr:sablonne-2021 | cd:party | cd:party gov:wangjin | cd:party gov:wangjin , gov:sablonne
Agreement-form | agr:sablonne-2021 | - | cd:form k:memorandum | =
Agreement-formUnknown | agr:sablonne-2021 | cd:form | | cd:form k:other-instrument
Agreement-when | agr:kazamisaki-2018 | cd:when cd:earliest cd:latest | | cd:when "/2018-03-05" ; cd:latest "2018-03-05"^^xsd:date
Agreement-tie | agr:kazamisaki-2018 | cd:establishes | | cd:renews tie:kazamisaki
Agreement-establishes | agr:kazamisaki-2018 | cd:establishes | cd:establishes gov:kazamisaki | cd:establishes tie:kazamisaki
Agreement-supersedes | agr:kazamisaki-2018 | - | cd:supersedes tie:kazamisaki | cd:supersedes agr:port-merrow-2015
Agreement-signingEvent | agr:kazamisaki-2018 | - | cd:signingEvent place:wangjin | cd:signingEvent evt:port-centenary-2021
Agreement-cooperationField | agr:kazamisaki-2018 | - | cd:cooperationField gov:wangjin | cd:cooperationField k:tourism
Event-when | evt:port-centenary-2021 | cd:when cd:earliest cd:latest | | cd:when "../2021-11-20" ; cd:latest "2021-11-20"^^xsd:date
Event-host | evt:port-centenary-2021 | cd:host | cd:host place:wangjin | cd:host body:wangjin-secretariat
Event-location | evt:port-centenary-2021 | cd:location | cd:location gov:wangjin | cd:location place:country-dongzhu
Event-partOf | evt:port-centenary-2021 | - | cd:partOf evt:dragon-boat | cd:partOf evt:dragon-boat-2021
Event-listedIn | evt:port-centenary-2021 | - | cd:listedIn evt:dragon-boat-2021 | cd:possiblyListedIn clm:visit-cases-2021h2
Visit-who | evt:visit-new | - | %VISIT | %VISIT . part:new a cd:Participation ; cd:event evt:visit-new ; cd:participant per:p-0001 ; cd:evidence ps:99-152
Visit-visitor | evt:visit-kazamisaki-2021-11 | cd:visitor | cd:visitor per:yun-ruolan | cd:visitor gov:kazamisaki
Visit-destination | evt:visit-harbour-league-2021-11 | cd:host | | cd:location place:wangjin
Visit-purpose | evt:visit-kazamisaki-2021-11 | cd:purpose | cd:purpose gov:wangjin | cd:purpose k:exchange
Visit-dispatchedBy | evt:visit-kazamisaki-2021-11 | - | cd:dispatchedBy place:wangjin | cd:dispatchedBy per:yun-ruolan
EventEdition-editionOf | evt:dragon-boat-2018 | cd:editionOf | cd:editionOf evt:port-centenary-2021 | cd:editionOf evt:dragon-boat
EventEdition-editionYear | evt:dragon-boat-2018 | cd:editionYear | cd:editionYear "2018"^^xsd:gYear | cd:editionYear 2018
EventEdition-editionNumber | evt:dragon-boat-2018 | cd:editionNumber | cd:editionNumber 0 | cd:editionNumber 1
EventSeries-prefLabel | evt:dragon-boat | skos:prefLabel | | skos:prefLabel "Boats"@en
EventSeries-initiatedBy | evt:dragon-boat | cd:initiatedBy | cd:initiatedBy place:wangjin | cd:initiatedBy gov:wangjin
Participation-event | part:dragon-boat-2019-ostivane | - | cd:event evt:dragon-boat-2018 | =
Participation-who | part:dragon-boat-2019-ostivane | cd:onBehalfOf | | cd:participantGroup "a crew"@en
Participation-participant | part:dragon-boat-2021-bidao | - | cd:participant per:p-0001 | =
Participation-participantGroup | part:dragon-boat-2019-ostivane | - | cd:participantGroup "a crew" | cd:participantGroup "a crew"@en
Participation-onBehalfOf | part:dragon-boat-2019-ostivane | - | cd:onBehalfOf place:ostivane | cd:onBehalfOf body:ostivane-city-council
Participation-inCapacity | part:dragon-boat-2019-ostivane | - | cd:inCapacity post:mayor-bidao | cd:inCapacity ten:p-0005-mayor
Participation-role | part:dragon-boat-2019-ostivane | - | cd:role gov:ostivane | cd:role k:guest
Participation-listedIn | part:dragon-boat-2019-ostivane | - | cd:listedIn evt:dragon-boat-2019 | cd:listedIn clm:dragon-boat-2021-cities
Participation-formerOffice | part:dragon-boat-2021-boat-society | - | cd:inCapacity ten:p-0006-mayor | cd:inCapacity ten:yoshishio-mayor
Participation-futureOffice | part:dragon-boat-2018-bidao | cd:inCapacity | cd:inCapacity ten:marchefer-mayor | cd:inCapacity ten:p-0005-deputy
Headcount-headcount | evt:visit-kazamisaki-2021-11 | cd:headcount | cd:headcount -1 | cd:headcount 0
Claim-attributedTo | clm:ordinal-bidao | cd:attributedTo | | cd:attributedTo src:report-2021h2
Attributed-attributedTo | clm:ordinal-bidao | cd:attributedTo | cd:attributedTo place:wangjin | cd:attributedTo per:yun-ruolan
StatusAssertion-about | sta:selarn-1 | - | cd:about tie:bidao | =
StatusAssertion-status | sta:selarn-1 | cd:status | cd:status k:friendship | cd:status s:proposed
StatusAssertion-when | sta:selarn-1 | cd:when cd:earliest cd:latest | | cd:when "2021/.." ; cd:earliest "2021-01-01"^^xsd:date
Position-about | clm:sablonne-mayor | - | cd:about tie:sablonne | =
Position-stance | clm:sablonne-mayor | cd:stance | cd:stance k:wish | cd:stance k:rejects
Position-when | clm:sablonne-mayor | cd:when cd:earliest cd:latest | | cd:when "2021/.." ; cd:earliest "2021-01-01"^^xsd:date
Statement-force | clm:selarn-reply | cd:force | cd:force k:actual | cd:force k:wish
Statement-what | clm:selarn-reply | cd:about cd:summary | | cd:about tie:selarn
Statement-speaker | clm:selarn-reply | - | cd:speaker gov:selarn | cd:speaker per:p-0001
Statement-promiser | clm:selarn-reply | cd:promiser | cd:promiser place:selarn | cd:promiser per:p-0001
Statement-addressee | clm:selarn-reply | cd:addressee | cd:addressee place:wangjin | cd:addressee per:yun-ruolan
Statement-about | clm:selarn-reply | - | cd:about "the tie" | cd:about gov:selarn
Statement-fulfilledBy | clm:selarn-reply | - | cd:fulfilledBy tie:selarn | cd:fulfilledBy evt:visit-selarn-university-2021-12
Due | clm:selarn-reply | cd:due cd:dueEarliest | cd:due "2021-10-31" | cd:due "../2021-10-31"
Due-due | clm:selarn-reply | - | cd:due "2021-10" | =
Due-dueEarliest | clm:selarn-reply | - | cd:dueEarliest "2021-10-30"^^xsd:date | =
Due-dueLatest | clm:selarn-reply | - | cd:dueLatest "2021-11-01"^^xsd:date | =
Due-order | clm:selarn-reply | cd:dueEarliest | cd:dueEarliest "2021-11-01"^^xsd:date | cd:dueEarliest "2021-10-01"^^xsd:date
OrdinalClaim-about | clm:ordinal-bidao | - | cd:about tie:ostivane | =
OrdinalClaim-ordinal | clm:ordinal-bidao | cd:ordinal | cd:ordinal 0 | cd:ordinal 1
OrdinalClaim-scheme | clm:ordinal-bidao | cd:scheme | cd:scheme gov:wangjin | cd:scheme k:friendship
OrdinalClaim-countedBy | clm:ordinal-bidao | cd:countedBy | cd:countedBy body:wangjin-secretariat | cd:countedBy gov:bidao
AggregateCount | clm:dragon-boat-2021-cities | - | cd:atMost 9 | =
AggregateCount-unit | clm:dragon-boat-2021-cities | cd:unit | cd:unit gov:wangjin | cd:unit k:person
AggregateCount-number | clm:dragon-boat-2021-cities | cd:value | | cd:atLeast 3
AggregateCount-value | clm:dragon-boat-2021-cities | cd:value | cd:value 3.0 | cd:value 3
AggregateCount-atLeast | clm:dragon-boat-2022-cities | - | cd:atLeast 21 | =
AggregateCount-atMost | clm:dragon-boat-2022-cities | - | cd:atMost 98 | =
AggregateCount-order | clm:dragon-boat-2022-cities | cd:atMost | cd:atMost 19 | cd:atMost 20
AggregateCount-force | clm:dragon-boat-2021-cities | cd:force | cd:force k:wish | cd:force k:expected
AggregateCount-itemisation | clm:dragon-boat-2021-cities | cd:itemisation | cd:itemisation k:wish | cd:itemisation k:unknown
AggregateCount-of | clm:dragon-boat-2021-cities | cd:about cd:period cd:periodStart cd:periodEnd | | cd:about evt:dragon-boat-2021
Period | clm:joint-youth-race | cd:period cd:periodStart | cd:period "2023" | cd:period "../2023"
Period-period | clm:joint-youth-race | - | cd:period "2024" | =
Period-periodStart | clm:joint-youth-race | - | cd:periodStart "2022-01-01"^^xsd:date | =
Period-periodEnd | clm:joint-youth-race | - | cd:periodEnd "2024-01-01"^^xsd:date | =
Period-order | clm:joint-youth-race | cd:periodEnd | cd:periodEnd "2022-12-31"^^xsd:date | cd:periodEnd "2023-01-01"^^xsd:date
RegularityClaim-series | clm:dragon-boat-bidao-yearly | cd:series | cd:series evt:dragon-boat-2021 | cd:series evt:dragon-boat
RegularityClaim-about | clm:dragon-boat-bidao-yearly | cd:about | cd:about per:p-0005 | cd:about body:bidao-dragon-boat-association
RegularityClaim-activity | clm:dragon-boat-bidao-yearly | cd:activity | cd:activity k:wish | cd:activity k:invite
RegularityClaim-fromYear | clm:dragon-boat-bidao-yearly | cd:fromYear | cd:fromYear 0 | cd:fromYear 1
RegularityClaim-untilYear | clm:dragon-boat-bidao-yearly | cd:untilYear | cd:untilYear 10000 | cd:untilYear 9999
RegularityClaim-order | clm:dragon-boat-bidao-yearly | cd:untilYear | cd:untilYear 2016 | cd:untilYear 2017
RegularityClaim-open | clm:dragon-boat-bidao-yearly | cd:fromYear | | cd:fromYear 2021
FirstOccurrenceClaim-series | clm:dragon-boat-port-merrow-first | cd:series | cd:series evt:dragon-boat-2021 | cd:series evt:dragon-boat
FirstOccurrenceClaim-about | clm:dragon-boat-port-merrow-first | cd:about | cd:about per:p-0005 | cd:about body:harbour-league
FirstOccurrenceClaim-activity | clm:dragon-boat-port-merrow-first | cd:activity | cd:activity k:wish | cd:activity k:invite
FirstOccurrenceClaim-firstIn | clm:dragon-boat-port-merrow-first | cd:firstIn | cd:firstIn evt:port-centenary-2021 | cd:firstIn evt:dragon-boat-2019
KindClaim-about | clm:kind-kazamisaki | cd:about | cd:about gov:kazamisaki | cd:about tie:bidao
KindClaim-claimedKind | clm:kind-kazamisaki | cd:claimedKind | cd:claimedKind gov:kazamisaki | cd:claimedKind k:economic
Evidenced-evidence | evt:port-centenary-2021 | - | cd:evidence src:report-2021h2 | cd:evidence cit:gazetteer-wangjin
Passage-hasSource | ps:331-350 | oa:hasSource | oa:hasSource gov:wangjin | oa:hasSource src:yearbook-2019
Passage-hasSelector | ps:331-350 | - | oa:hasSelector [ %SEL ; oa:start 331 ; oa:end 350 ] | =
Passage-start | ps:331-350 | oa:hasSelector | oa:hasSelector [ %SEL ; oa:end 350 ] | oa:hasSelector [ %SEL ; oa:start 0 ; oa:end 350 ]
Passage-end | ps:331-350 | oa:hasSelector | oa:hasSelector [ %SEL ; oa:start 331 ] | oa:hasSelector [ %SEL ; oa:start 331 ; oa:end 332 ]
Passage-sha256 | ps:331-350 | - | cd:sha256 "%HEX" | =
Passage-summary | ps:331-350 | cd:summary | | cd:summary "短。"@zh-Hant , "Short."@en
Span-order | sec:1 | oa:end | oa:end 58 | oa:end 59
Digest-sha256 | ps:331-350 | cd:sha256 | cd:sha256 "ABC" | cd:sha256 "%HEX"
Citation-source | cit:gazetteer-wangjin | cd:source | cd:source gov:wangjin | cd:source src:yearbook-2019
Citation-locator | cit:gazetteer-wangjin | - | cd:locator "row 2" | =
Citation-supports | cit:gazetteer-wangjin | - | cd:supports "latitude" | cd:supports cd:when
Found-locator | src:yearbook-2019 | cd:locator | cd:locator "page"@en | cd:locator "page"
Found-retrieved | src:yearbook-2019 | - | cd:retrieved "2022-01-01"^^xsd:date | =
Source | src:report-2021h2 | cd:codePoints | | cd:codePoints 1
Source-title | src:yearbook-2019 | dct:title | dct:title "Yearbook" | dct:title "Yearbook"@en
Source-locator | src:yearbook-2019 | cd:locator | | cd:locator "the archive"
Source-publisher | src:yearbook-2019 | dct:publisher | | dct:publisher gov:bidao
Source-sha256 | src:report-2021h2 | - | cd:sha256 "%HEX" | =
Source-codePoints | src:report-2021h2 | cd:codePoints | cd:codePoints -1 | cd:codePoints 0
Source-fileName | src:report-2021h2 | cd:fileName | cd:fileName "a/b.txt" | cd:fileName "b.txt"
Source-lineDigests | src:report-2021h2 | cd:lineDigests | cd:lineDigests "3 ABC" | cd:lineDigests "3 %HEX"
Section-sectionOf | sec:1 | cd:sectionOf | cd:sectionOf gov:wangjin | cd:sectionOf sec:2
Section-prefLabel | sec:1 | skos:prefLabel | | skos:prefLabel "Guests"@en
Section-number | sec:1 | cd:number | cd:number 1 | cd:number "1"
Section-start | sec:1 | oa:start | oa:start -1 | oa:start 0
Section-end | sec:1 | - | oa:end 391 | =
"""

CHECKS = """
agreement-party-outside-tie | agr:sablonne-2021 | - | cd:party gov:bidao | cd:party gov:bidao . tie:sablonne cd:party gov:bidao
capacity-of-another-person | part:dragon-boat-2021-bidao | cd:inCapacity | cd:inCapacity ten:p-0002-chair | cd:inCapacity ten:p-0005-deputy
chinese-without-script | place:selarn | - | skos:altLabel "賽勒恩"@zh | skos:altLabel "賽勒恩"@zh-Hant
count-below-items | clm:dragon-boat-2021-cities | cd:value | cd:value 2 | cd:value 3
event-outside-its-parent | evt:mayors-2021-08-04 | cd:when cd:earliest cd:latest | cd:when "2021-08-06" ; cd:earliest "2021-08-06"^^xsd:date ; cd:latest "2021-08-06"^^xsd:date | cd:when "2021-08-05" ; cd:earliest "2021-08-05"^^xsd:date ; cd:latest "2021-08-05"^^xsd:date
first-occurrence-contradicted | part:new | - | cd:event evt:dragon-boat-2018 ; cd:onBehalfOf gov:port-merrow | cd:event evt:dragon-boat-2021 ; cd:onBehalfOf gov:port-merrow | clm:dragon-boat-port-merrow-first
fulfilled-before-promised | clm:kazamisaki-engineers | cd:earliest | cd:earliest "2021-11-09"^^xsd:date | cd:earliest "2021-11-08"^^xsd:date
fulfilment-uncited | clm:night-market-plan | - | cd:fulfilledBy evt:visit-bidao-2021-10 | cd:fulfilledBy evt:visit-bidao-2021-10 ; cd:certainty k:probable
headcount-below-named | evt:visit-ostivane-council-2021-09 | cd:headcount | cd:headcount 0 | cd:headcount 1
held-before-it-happened | sta:dragon-boat-2021-2 | cd:latest | cd:latest "2021-10-07"^^xsd:date | cd:latest "2021-10-08"^^xsd:date
ordinal-outside-rank | clm:ordinal-ostivane | cd:ordinal clm:ordinal-bidao^cd:scheme | cd:ordinal 1 | cd:ordinal 2
ordinal-repeated | clm:ordinal-selarn | - | a cd:OrdinalClaim ; cd:about tie:selarn ; cd:ordinal 3 ; cd:scheme k:sister-city ; cd:countedBy gov:wangjin | a cd:OrdinalClaim ; cd:about tie:selarn ; cd:ordinal 4 ; cd:scheme k:sister-city ; cd:countedBy gov:wangjin | clm:ordinal-sablonne
ordinals-out-of-order | clm:ordinal-ostivane | cd:ordinal | cd:ordinal 5 | cd:ordinal 2 | clm:ordinal-sablonne
ordinals-too-close | clm:ordinal-bidao | cd:ordinal clm:ordinal-sablonne^cd:ordinal clm:ordinal-ostivane^cd:scheme | cd:ordinal 5 . clm:ordinal-sablonne cd:ordinal 6 | cd:ordinal 5 . clm:ordinal-sablonne cd:ordinal 7
overdue-statement | clm:port-merrow-draft | cd:dueLatest | cd:dueLatest "2021-12-30"^^xsd:date | cd:dueLatest "2021-12-31"^^xsd:date
overlapping-tenures-of-one-post | ten:new | - | cd:holder per:p-0001 ; cd:post post:mayor-sablonne ; cd:startLatest "2021-08-01"^^xsd:date ; cd:endEarliest "2021-10-01"^^xsd:date | cd:holder per:p-0001 ; cd:post post:mayor-sablonne ; cd:startLatest "2021-09-18"^^xsd:date ; cd:endEarliest "2021-10-01"^^xsd:date | ten:marchefer-mayor
planned-but-past | evt:harbour-congress-2022 | cd:latest | cd:latest "2021-12-30"^^xsd:date | cd:latest "2021-12-31"^^xsd:date
possibly-one-visit | evt:visit-x | - | a cd:Visit ; cd:earliest "2021-12-10"^^xsd:date ; cd:latest "2021-12-10"^^xsd:date . part:x cd:event evt:visit-x ; cd:participant per:p-0004 | a cd:Visit ; cd:earliest "2021-12-11"^^xsd:date ; cd:latest "2021-12-11"^^xsd:date . part:x cd:event evt:visit-x ; cd:participant per:p-0004 | evt:visit-to-bidao-2021-12
regularity-unsupported | clm:new | - | a cd:RegularityClaim ; cd:activity k:attend ; cd:series evt:dragon-boat ; cd:about gov:ostivane ; cd:fromYear 2018 ; cd:untilYear 2019 | a cd:RegularityClaim ; cd:activity k:attend ; cd:series evt:dragon-boat ; cd:about gov:ostivane ; cd:fromYear 2019 ; cd:untilYear 2019
same-name-twice | per:p-0002 | skos:prefLabel | skos:prefLabel "禾相殷"@zh-Hant | skos:prefLabel "禾相殷"@zh-Hant ; skos:editorialNote "Another one."@en | per:p-0001
signing-date-differs | agr:sablonne-2021 | cd:earliest cd:latest | cd:earliest "2021-09-19"^^xsd:date ; cd:latest "2021-09-19"^^xsd:date | cd:earliest "2021-09-18"^^xsd:date ; cd:latest "2021-09-19"^^xsd:date
superseded-by-older | agr:port-merrow-2018 | cd:earliest cd:latest | cd:earliest "2015-03-19"^^xsd:date ; cd:latest "2015-03-19"^^xsd:date | cd:earliest "2015-03-20"^^xsd:date ; cd:latest "2015-03-20"^^xsd:date
terminated-without-end | sta:new | - | cd:status s:terminated ; cd:about tie:bidao | cd:status s:terminated ; cd:about agr:port-merrow-2018
title-in-name | per:p-0003 | skos:prefLabel | skos:prefLabel "鹿副市長若川"@zh-Hant | skos:prefLabel "鹿若川副市長"@zh-Hant
"""


@dataclasses.dataclass(frozen=True)
class Case:
    """One line of a table."""

    name: str
    subject: str
    minus: tuple[str, ...]
    bad: str
    good: str | None
    focus: str


def cases(table: str) -> list[Case]:
    out = []
    for line in table.strip().splitlines():
        name, subject, minus, bad, good, *focus = (part.strip() for part in line.split("|"))
        for macro, text in MACROS.items():
            bad, good = bad.replace(macro, text), good.replace(macro, text)
        out.append(
            Case(
                name,
                subject,
                tuple(minus.strip("- ").split()),
                bad,
                None if good == "=" else good,
                *(focus or [subject]),
            )
        )
    return out


SHAPE_CASES, CHECK_CASES = cases(SHAPES), cases(CHECKS)


class Bench:
    """The clean project, read once: its triples, the plan of its shapes, its check queries."""

    def __init__(self) -> None:
        self.inputs: Inputs = read_inputs(open_project(WANGJIN, {}, {}), NOW)
        shapes = list(self.inputs.dataset.quads("shapes"))
        self.plan: Plan = make_plan(shapes)
        self.said = {
            (quad.object.value): quad.subject.value.removeprefix(SHAPE)
            for quad in shapes
            if quad.predicate.value == SH + "message" and isinstance(quad.object, ox.Literal)
        }
        kinds = {RDF + "type", RDFS + "subClassOf"}
        model = [quad.triple for quad in self.inputs.dataset.quads("ontology")]
        self.classes = [triple for triple in model if triple.predicate.value in kinds]
        self.model = model
        self.data = [quad.triple for quad in self.inputs.dataset.quads("data")]
        self.checks: list[NamedQuery] = [
            query for query in self.inputs.catalog.queries.values() if query.role == "check"
        ]
        prefixes = {**self.inputs.project.prefixes}
        self.head = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes.items())

    def iri(self, curie: str) -> str:
        iri = self.inputs.curies.expand(curie)
        assert iri, curie
        return iri

    def edited(self, case: Case, more: str | None) -> list[ox.Triple]:
        """The data with one edit; None leaves it as it is."""
        if more is None:
            return self.data
        gone = set()
        for each in case.minus:
            subject, _, predicate = each.rpartition("^")
            gone.add((self.iri(subject or case.subject), self.iri(predicate)))
        kept = [
            t
            for t in self.data
            if not (isinstance(t.subject, ox.NamedNode) and (t.subject.value, t.predicate.value) in gone)
        ]
        assert {(t.subject.value, t.predicate.value) for t in set(self.data) - set(kept)} == gone  # type: ignore[union-attr]
        text = f"{self.head}{case.subject} {more} ." if more else ""
        return [*kept, *(quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE))]

    def violations(self, triples: list[ox.Triple]) -> list[tuple[str, str]]:
        """(shape or constraint, focus) of every result, sorted."""
        index = Index()
        index.extend(self.classes)
        index.extend(triples)
        found = results(self.plan, validate_index(index, self.plan))
        return sorted({
            (self.said[dict(r.messages)["en"]] if r.component.endswith("SPARQLConstraintComponent") else
             r.shape.removeprefix(SHAPE), self.inputs.curies.short(r.focus))
            for r in found
        })  # fmt: skip

    def rows(self, triples: list[ox.Triple]) -> set[tuple[str, str]]:
        """(check query, focus) of every row of every check query."""
        store = EmbeddedStore(ox.Quad(*triple, GRAPH) for triple in (*self.model, *triples))
        binder = Binder(self.inputs.curies, self.inputs.today, store)
        out = set()
        for query in self.checks:
            answer = run(query, binder.bind(query, {}), store, self.inputs.project.prefixes)
            assert isinstance(answer, Solutions)
            place = answer.variables.index("focus")
            out |= {(query.name, self.inputs.curies.short(row[place].value)) for row in answer.rows}  # type: ignore[union-attr]
        return out


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench()


@pytest.fixture(scope="module")
def clean(bench: Bench) -> set[tuple[str, str]]:
    return bench.rows(bench.data)


def constrained() -> list[str]:
    """Every shape and constraint in shapes/*.ttl that tests something itself."""
    out = set()
    for file in sorted((ROOT / "shapes").glob("*.ttl")):
        for quad in ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE):
            name = quad.predicate.value.removeprefix(SH)
            if isinstance(quad.subject, ox.NamedNode) and quad.predicate.value.startswith(SH):
                structure = name in NOT_CONSTRAINTS or name.startswith("target") or name in {"declare", "prefixes"}
                out |= set() if structure else {quad.subject.value.removeprefix(SHAPE)}
    return sorted(out)


def test_table_covers_every_shape_that_tests_something_and_every_check_query() -> None:
    assert sorted(case.name for case in SHAPE_CASES) == constrained()
    assert sorted(case.name for case in CHECK_CASES) == sorted(
        file.stem for file in (ROOT / "queries" / "check").glob("*.rq")
    )


def test_clean_project_has_no_violation_and_only_two_open_matters(bench: Bench, clean: set[tuple[str, str]]) -> None:
    assert bench.violations(bench.data) == []
    assert sorted(clean) == [
        ("overdue-statement", "clm:selarn-reply"),
        ("regularity-unsupported", "clm:dragon-boat-bidao-yearly"),
        ("regularity-unsupported", "clm:dragon-boat-kazamisaki-yearly"),
    ]


@pytest.mark.parametrize("case", SHAPE_CASES, ids=lambda case: case.name)
def test_shape_fires_on_its_case_and_on_nothing_else(case: Case, bench: Bench) -> None:
    assert bench.violations(bench.edited(case, case.bad)) == [(case.name, case.focus)]


@pytest.mark.parametrize("case", [case for case in SHAPE_CASES if case.good], ids=lambda case: case.name)
def test_shape_is_silent_on_the_twin(case: Case, bench: Bench) -> None:
    assert bench.violations(bench.edited(case, case.good)) == []


@pytest.mark.parametrize("case", CHECK_CASES, ids=lambda case: case.name)
def test_check_query_fires_on_its_case_and_is_silent_on_the_twin(
    case: Case, bench: Bench, clean: set[tuple[str, str]]
) -> None:
    assert bench.rows(bench.edited(case, case.bad)) == clean | {(case.name, case.focus)}
    assert bench.rows(bench.edited(case, case.good)) == clean


def test_every_line_of_the_tables_is_a_case() -> None:
    assert all(re.fullmatch(r"[A-Za-z0-9-]+", case.name) for case in (*SHAPE_CASES, *CHECK_CASES))
