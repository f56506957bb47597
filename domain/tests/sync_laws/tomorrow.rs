//! A server of tomorrow and an app of today: an entry whose child is named otherwise, one that says
//! something else, duties and cards of another shape.

use domain::sync::{Caseload, Replica, SyncResponse};
use serde_json::Value;

const LATER: &str = "_of_tomorrow";

/// An answer as it reaches an app that does not know all of it.
pub fn seen_today(response: &SyncResponse) -> SyncResponse {
    let mut response = serde_json::to_value(response).unwrap();
    let page = &mut response["page"];
    let mut entries: Vec<&mut Value> = Vec::new();
    let (mut files, mut news, mut duties, mut cards) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (name, list) in page.as_object_mut().unwrap() {
        match (name.as_str(), list) {
            ("files", Value::Array(list)) => files.extend(list),
            ("entries", Value::Array(list)) => news.extend(list),
            ("duties", Value::Array(list)) => duties.extend(list),
            ("cards", Value::Array(list)) => cards.extend(list),
            _ => {}
        }
    }
    entries.extend(files.into_iter().flat_map(|file| file["entries"].as_array_mut().unwrap()));
    entries.extend(news);
    for entry in entries.into_iter().map(|seen| &mut seen["entry"]) {
        match entry["kind"].as_str() {
            Some("REGISTER") => rename(&mut entry["subject"], "student"),
            Some("WITHDRAWAL") => rename(&mut entry["body"], "of"),
            _ => {}
        }
    }
    duties.into_iter().for_each(|duty| rename(&mut duty["reason"], "visit"));
    cards.into_iter().for_each(|card| rename(card, "address"));
    serde_json::from_str(&response.to_string()).unwrap()
}

fn rename(object: &mut Value, field: &str) {
    let fields = object.as_object_mut().unwrap();
    if let Some(value) = fields.remove(field) {
        fields.insert(format!("{field}{LATER}"), value);
    }
}

/// What was kept is in the hands of an app of tomorrow.
pub fn comes(replica: &mut Replica) {
    replica.caseload = read_anew(&replica.caseload);
    replica.incoming = replica.incoming.as_ref().map(read_anew);
}

fn read_anew(kept: &Caseload) -> Caseload {
    serde_json::from_str(&serde_json::to_string(kept).unwrap().replace(LATER, "")).unwrap()
}
