//! The child's file as one line of time: what happened, who wrote it, how far it got. What belongs to
//! a visit (words of the evening, the office's word, an earlier version) stands under it. 单独上报
//! stands nowhere here.

use crate::dates;
use crate::pages::today::duty_line::field_words;
use crate::phrase;
use crate::words::{say, say_with};
use chrono::{DateTime, NaiveDate, Utc};
use domain::actor::Actor;
use domain::calendar::local_date;
use domain::entry::Body;
use domain::ids::{EntryId, KnockId};
use domain::review::Verdict;
use domain::sighting::Taken;
use domain::student::VisitLine;
use domain::sync::{FileView, Progress, Replica, SeenEntry};
use domain::visit::{Supplement, Visit};
use domain::vocabulary::Side;
use std::collections::BTreeMap;

/// Minutes after which the time of writing is told beside the time of the visit.
pub const WRITTEN_LATER_MINUTES: i64 = 60;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The entry.
    pub entry: EntryId,
    /// When it was; for what has only a day, when it was written down.
    pub at: DateTime<Utc>,
    /// 今天 17:38
    pub when: String,
    /// Who wrote it.
    pub who: String,
    /// 敲门行动 · 见到奶奶、孩子
    pub title: String,
    /// What else it says.
    pub lines: Vec<String>,
    /// How far it got.
    pub got: Got,
    /// Where it stands with the village, if that is asked.
    pub village: Option<VisitLine>,
    /// Taken back by its author.
    pub withdrawn: bool,
    /// 改过: what it said before.
    pub before: Vec<String>,
    /// One's own visit, to be opened again.
    pub knock: Option<KnockId>,
}

/// How far an entry got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Got {
    /// On this phone only.
    Phone,
    /// At the school.
    School,
    /// At the school, for the office to decide.
    Held,
    /// Given back.
    Refused,
}

/// All that the file tells, the latest first.
pub fn timeline(file: &FileView, replica: &Replica, me: &Actor, now: DateTime<Utc>) -> Vec<Event> {
    let today = local_date(now);
    let mut events: Vec<Event> = Vec::new();
    let mut replaced: BTreeMap<EntryId, EntryId> = BTreeMap::new();
    let mut withdrawn: Vec<EntryId> = Vec::new();
    let mut under: Vec<(EntryId, String)> = Vec::new();
    for seen in &file.entries {
        let entry = &seen.entry;
        if let Some(old) = entry.supersedes {
            replaced.insert(old, entry.id);
        }
        match &entry.body {
            Body::Withdrawal(withdrawal) => withdrawn.push(withdrawal.of),
            Body::Supplement(supplement) => {
                let said = supplemented(supplement, seen, now);
                under.extend(supplement.visit.zip(Some(said)));
            }
            Body::Review(review) => {
                under.push((review.of, reviewed(review.verdict, review.words.as_deref(), seen, today)))
            }
            Body::SightingAnswer(answer) => {
                let key = if answer.taken == Taken::Noted { "file.noted" } else { "file.going" };
                under.push((answer.of, format!("{} {}", seen.author_name, say(key))));
            }
            body => events.extend(told(body, today).map(|(title, lines)| {
                let at = match body {
                    Body::Visit(visit) => visit.started_at,
                    _ => seen.received_at,
                };
                let mine = seen.author == me.user;
                let village = file.student.state.visits.iter().find(|l| l.entry == entry.id && l.needed);
                Event {
                    entry: entry.id,
                    at,
                    when: match body {
                        Body::Visit(_) => went_and_wrote(at, entry.recorded_at, now),
                        _ => dates::day(local_date(at), today),
                    },
                    who: seen.author_name.clone(),
                    title,
                    lines,
                    got: got(replica, entry.id),
                    village: village.cloned(),
                    withdrawn: false,
                    before: Vec::new(),
                    knock: entry.knock.filter(|_| mine && matches!(body, Body::Visit(_))),
                }
            })),
        }
    }
    events.extend(file.student.state.notes.iter().map(|note| Event {
        entry: note.entry,
        at: note.at,
        when: dates::day(local_date(note.at), today),
        who: note.by.clone(),
        title: say_with("file.village_said", &[("what", &phrase::village_said(note))]),
        lines: Vec::new(),
        got: Got::School,
        village: None,
        withdrawn: false,
        before: Vec::new(),
        knock: None,
    }));
    for event in &mut events {
        event.withdrawn = withdrawn.contains(&event.entry);
    }
    for (of, said) in under {
        let standing = newest(of, &replaced);
        events.iter_mut().filter(|e| e.entry == standing).for_each(|e| e.lines.push(said.clone()));
    }
    fold_versions(&mut events, &replaced);
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
    events
}

/// 今天 17:38; written down later: 昨天 18:40 去的 · 今天 11:37 记下
pub fn went_and_wrote(at: DateTime<Utc>, recorded_at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let went = dates::moment(at, now);
    if (recorded_at - at).num_minutes() <= WRITTEN_LATER_MINUTES {
        return went;
    }
    say_with("visit.backdated", &[("on", &went), ("at", &dates::moment(recorded_at, now))])
}

/// The version that stands for an entry.
fn newest(mut entry: EntryId, replaced: &BTreeMap<EntryId, EntryId>) -> EntryId {
    // Each step leads to another entry; a ring, which no honest phone writes, ends the walk.
    for _ in 0..replaced.len() {
        match replaced.get(&entry) {
            Some(next) => entry = *next,
            None => break,
        }
    }
    entry
}

/// An earlier version goes under the one that stands instead of it.
fn fold_versions(events: &mut Vec<Event>, replaced: &BTreeMap<EntryId, EntryId>) {
    let old: Vec<Event> = events.iter().filter(|e| replaced.contains_key(&e.entry)).cloned().collect();
    for event in old {
        let standing = newest(event.entry, replaced);
        let said = format!("{} {}", event.when, event.title);
        if let Some(now) = events.iter_mut().find(|e| e.entry == standing && e.entry != event.entry) {
            now.before.push(said);
            events.retain(|e| e.entry != event.entry);
        }
    }
}

fn got(replica: &Replica, entry: EntryId) -> Got {
    match replica.progress(entry) {
        Some(Progress::Waiting) => Got::Phone,
        Some(Progress::Refused { .. } | Progress::Returned { .. }) => Got::Refused,
        Some(Progress::Quarantined { .. }) => Got::Held,
        Some(Progress::Accepted { .. }) | None => Got::School,
    }
}

/// Title and lines of what an entry says; nothing for what is told elsewhere or nowhere.
fn told(body: &Body, today: NaiveDate) -> Option<(String, Vec<String>)> {
    let day = |on: NaiveDate| dates::day(on, today);
    Some(match body {
        Body::Enrolment(enrolment) => {
            (say_with("file.enrolled", &[("status", enrolment.status.term())]), Vec::new())
        }
        Body::Listing(listing) if !listing.listed => (say("file.unlisted").to_owned(), Vec::new()),
        Body::Register(register) => {
            let value = |value: &Option<String>| match value {
                Some(value) if register.field.ends_with("phone") => domain::phone::masked(value),
                Some(value) => value.clone(),
                None => say("file.empty").to_owned(),
            };
            let field = field_words(&register.field);
            let change = format!("{} → {}", value(&register.from), value(&register.to));
            (say_with("file.register", &[("field", &field)]), vec![change])
        }
        Body::HouseholdDoubt(_) => (say("file.doubt").to_owned(), Vec::new()),
        Body::Absence(absence) => {
            (say_with("file.absent", &[("day", &day(absence.first_absent_on))]), Vec::new())
        }
        Body::Return(back) => (say_with("file.back", &[("day", &day(back.returned_on))]), Vec::new()),
        Body::Visit(visit) => {
            let title = format!("{} · {}", phrase::kind(&visit.kind), phrase::who_was_met(visit));
            (title, visit_lines(visit, today))
        }
        Body::Sighting(sighting) => {
            let key = if sighting.seen { "file.seen" } else { "file.heard" };
            (say_with(key, &[("where", &phrase::whereabouts(&sighting.whereabouts))]), Vec::new())
        }
        Body::Unknown { .. } => (say("file.unknown").to_owned(), Vec::new()),
        _ => return None,
    })
}

/// What a visit says, a line a question, in the order of the form.
fn visit_lines(visit: &Visit, today: NaiveDate) -> Vec<String> {
    use phrase::list;

    let mut lines = Vec::new();
    let mut line = |key: &str, value: String| {
        if !value.is_empty() {
            lines.push(say_with(key, &[("what", &value)]));
        }
    };
    line(
        "file.came",
        list(visit.participants.iter().skip(1).map(|p| match p.side {
            Side::School => domain::directory::teacher_label(&p.name),
            _ => p.name.clone(),
        })),
    );
    line(
        "file.alone_because",
        visit.no_village.iter().map(|r| phrase::worded("no_village", r.code(), r.term())).collect(),
    );
    line("file.language", phrase::spoken(visit));
    line("file.calls", list(visit.calls.iter().map(phrase::call)));
    line("file.where", visit.whereabouts.iter().map(phrase::whereabouts).collect());
    line("file.why", list(visit.causes.iter().map(phrase::cause)));
    line("file.will", visit.student_attitude.iter().map(phrase::will).collect());
    line("file.family_says", visit.guardian_attitude.iter().map(phrase::attitude).collect());
    line("file.agreed", list(phrase::agreed(visit, today)));
    line("file.school_side", list(phrase::promised(visit)));
    line("file.next", visit.next_follow_up_on.iter().map(|on| phrase::day(*on, today)).collect());
    line(
        "file.difficulties",
        list(visit.difficulties.iter().map(|d| phrase::worded("difficulty", d.code(), d.term()))),
    );
    line(
        "file.signature",
        visit.signature.iter().map(|s| phrase::worded("signature", s.code(), s.term())).collect(),
    );
    line("file.remark", visit.remark.clone().unwrap_or_default());
    if visit.explained_rules {
        lines.push(say("visit.explained_rules").to_owned());
    }
    lines
}

/// 晚上补的 · 21:10, and what was added.
fn supplemented(supplement: &Supplement, seen: &SeenEntry, now: DateTime<Utc>) -> String {
    let mut parts = Vec::new();
    let said = [
        ("file.to_office", &supplement.reply),
        ("file.of_family", &supplement.family),
        ("file.of_school", &supplement.school),
        ("file.of_guardian", &supplement.guardian_opinion),
    ];
    for (key, text) in said {
        parts.extend(text.as_ref().map(|text| say_with(key, &[("what", text)])));
    }
    parts.extend(
        supplement.kept.iter().map(|what| say_with("file.kept", &[("what", &phrase::promise(what))])),
    );
    parts.extend(supplement.calls.iter().map(phrase::call));
    parts.extend(supplement.heard.map(|_| say("file.knows").to_owned()));
    let at = dates::moment(seen.entry.recorded_at, now);
    let parts: Vec<&str> = parts.iter().map(|part| phrase::quoted(part)).collect();
    let key = if supplement.has_words() { "visit.supplement" } else { "file.later" };
    format!("{}：{}", say_with(key, &[("at", &at)]), parts.join("；"))
}

/// 教导处看过了 · 11-21
fn reviewed(verdict: Verdict, words: Option<&str>, seen: &SeenEntry, today: NaiveDate) -> String {
    match verdict {
        Verdict::Seen => {
            say_with("state.accepted", &[("day", &dates::day(local_date(seen.received_at), today))])
        }
        Verdict::PleaseAdd => {
            say_with("state.returned", &[("what", phrase::quoted(words.unwrap_or_default()))])
        }
    }
}
