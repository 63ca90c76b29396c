//! SARIF, by its schema and by what code scanning demands on top.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Seen;
use super::machine::parsed;
use super::schema::faults;

pub(crate) fn sarif(text: &str) -> Vec<Seen> {
    let sarif = parsed(text);
    assert_eq!(faults(&parsed(include_str!("sarif-2.1.0.schema.json")), &sarif), [""; 0]);
    let [run] = list(&sarif["runs"]) else { panic!("there is one run") };
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    assert!(run["originalUriBaseIds"]["%SRCROOT%"].is_object());
    let driver = &run["tool"]["driver"];
    let results = list(&run["results"]);
    assert!(results.len() <= 5_000, "code scanning keeps no more");

    let used: BTreeSet<_> = results.iter().map(|result| result["ruleId"].as_str()).collect();
    let known: BTreeSet<_> = list(&driver["rules"]).iter().map(|rule| rule["id"].as_str()).collect();
    assert_eq!(used, known, "the rules are those of the results");
    for rule in list(&driver["rules"]) {
        assert!(rule["help"]["text"].is_string() && rule["help"]["markdown"].is_string());
        assert!(rule["shortDescription"]["text"].as_str().is_some_and(|text| text.chars().count() <= 1024));
        assert!(list(&rule["properties"]["tags"]).len() <= 10);
    }
    let mut prints = BTreeSet::new();
    for result in results {
        check_result(result, driver);
        assert!(
            prints.insert(result["partialFingerprints"]["crossgrain/v1"].to_string()),
            "a fingerprint is not unique"
        );
    }
    let invocation = &run["invocations"][0];
    let ids: Vec<_> = list(&driver["notifications"]).iter().map(|known| &known["id"]).collect();
    for note in list(&invocation["toolExecutionNotifications"]) {
        assert!(ids.contains(&&note["descriptor"]["id"]));
        list(&note["locations"]).iter().for_each(check_location);
    }
    results.iter().map(seen).collect()
}

fn check_result(result: &Value, driver: &Value) {
    let rule = result["ruleIndex"].as_u64().expect("the rule is listed") as usize;
    assert_eq!(driver["rules"][rule]["id"], result["ruleId"]);
    assert!(!list(&result["locations"]).is_empty());
    let related = list(&result["relatedLocations"]);
    assert!(related.len() <= 100, "code scanning keeps no more");
    for (index, location) in related.iter().enumerate() {
        assert_eq!(location["id"].as_u64(), Some(index as u64 + 1));
    }
    let text = result["message"]["text"].as_str().expect("there is a message");
    for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        let id: usize = target.parse().unwrap_or_else(|_| panic!("a foreign link in {text}"));
        assert!((1..=related.len()).contains(&id), "a dead link in {text}");
    }
    let flows = list(&result["codeFlows"]);
    let steps: Vec<&Value> = flows.iter().flat_map(|flow| list(&flow["threadFlows"][0]["locations"])).collect();
    assert!(steps.len() <= 1_000, "code scanning shows no more");
    list(&result["locations"]).iter().for_each(check_location);
    related.iter().for_each(check_location);
    for step in steps {
        check_location(&step["location"]);
    }
}

fn check_location(location: &Value) {
    let place = &location["physicalLocation"];
    let uri = place["artifactLocation"]["uri"].as_str().expect("every location has a file");
    assert!(!uri.is_empty() && !uri.starts_with('/') && !uri.contains(':'), "{uri} is not relative");
    assert!(!uri.split('/').any(|segment| segment == ".."), "{uri} climbs");
    let number = |name: &str| place["region"][name].as_u64();
    if let (Some(start), Some(end), Some(end_line)) = (number("startColumn"), number("endColumn"), number("endLine")) {
        assert!((number("startLine"), start) <= (Some(end_line), end), "a place ends before it begins");
    }
}

fn seen(result: &Value) -> Seen {
    let place = &result["locations"][0]["physicalLocation"];
    Seen {
        path: decoded(place["artifactLocation"]["uri"].as_str().unwrap_or_default()),
        line: place["region"]["startLine"].as_u64().unwrap_or_default(),
        rule: result["ruleId"].as_str().unwrap_or_default().to_owned(),
    }
}

fn decoded(uri: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = uri;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend(before.bytes());
        bytes.push(u8::from_str_radix(&after[..2], 16).expect("two digits follow"));
        rest = &after[2..];
    }
    bytes.extend(rest.bytes());
    String::from_utf8(bytes).expect("paths are UTF-8")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
