//! 核对以后改过, in words: what the village was shown, and what stands there now.

use super::question::whom_words;
use crate::dates;
use crate::phrase;
use crate::words::{say, say_with};
use chrono::{DateTime, Utc};
use domain::calendar::local_date;
use domain::confirmation::{Between, Change};

/// 时间 17:38 → 17:20；见到 奶奶、孩子 → 孩子
pub fn changes_words(changes: &[Change]) -> String {
    let words: Vec<_> = changes.iter().map(change_words).collect();
    words.join(say("changed.and"))
}

fn change_words(change: &Change) -> String {
    let what = match change {
        Change::Time(_) => say("changed.time"),
        Change::Household(_) => say("changed.household"),
        Change::Kind(_) => say("changed.kind"),
        Change::Participants(_) => say("changed.participants"),
        Change::Met(_) => say("changed.met"),
        Change::Result(_) => say("changed.result"),
    };
    let names = |names: &Vec<String>| names.join(say("list.comma"));
    let (from, to) = match change {
        Change::Time(minutes) => times(minutes),
        Change::Household(labels) => both(labels, Clone::clone),
        Change::Kind(kinds) => both(kinds, phrase::short_kind),
        Change::Participants(people) => both(people, names),
        Change::Met(relations) => both(relations, |met| whom_words(met)),
        Change::Result(outcomes) => both(outcomes, phrase::outcome),
    };
    say_with("changed.one", &[("what", what), ("from", &from), ("to", &to)])
}

fn both<T>(of: &Between<T>, words: impl Fn(&T) -> String) -> (String, String) {
    (words(&of.from), words(&of.to))
}

/// The clock alone, where the day is the same.
fn times(minutes: &Between<u32>) -> (String, String) {
    let at = |minute: &u32| DateTime::<Utc>::from_timestamp(i64::from(*minute) * 60, 0).unwrap_or_default();
    let day = |minute: &u32| local_date(at(minute));
    let same_day = day(&minutes.from) == day(&minutes.to);
    both(minutes, |minute| {
        let clock = dates::clock(at(minute));
        if same_day { clock } else { format!("{} {clock}", dates::month_day(day(minute))) }
    })
}
