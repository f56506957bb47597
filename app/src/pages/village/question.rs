//! What somebody of the village is asked about one knock, whatever way it came to the glass. It shows
//! what the answer binds to and nothing else: no child's name from a code, no cause, no whereabouts.

use super::answers::Given;
use crate::dates;
use crate::device;
use crate::phrase;
use crate::words::{say, say_with};
use crate::writing;
use chrono::{DateTime, Utc};
use domain::card::list::Row;
use domain::confirmation::code::Ticket;
use domain::confirmation::{Confirmation, Projection, Proof, Secret};
use domain::directory::{Directory, teacher_label};
use domain::entry::{Body, Subject};
use domain::ids::{EntryId, KnockId, VillageId};
use domain::student::VisitLine;
use domain::sync::NewEntry;
use domain::vocabulary::{CadreRole, ConfirmationResult, Relation};
use leptos::prelude::*;

/// A question, and what its answer will carry.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The knock; unknown for a typed code.
    pub knock: Option<KnockId>,
    /// Whose answer is asked.
    pub village: VillageId,
    /// 五村 · 阿依古丽家; the typed code, when that is all there is.
    pub title: String,
    /// What the answerer holds.
    pub proof: Proof,
    /// The mark of what is shown.
    pub shown: Option<String>,
    /// When, who and whom; nothing for a typed code.
    pub facts: Option<Told>,
    /// The key to the receipt code, when it was scanned or is this phone's own.
    pub secret: Option<Secret>,
    /// The answer that this one will stand instead of.
    pub supersedes: Option<EntryId>,
}

/// What is told about the knock.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// When.
    pub at: DateTime<Utc>,
    /// 李老师
    pub teacher: String,
    /// How many came.
    pub people: u8,
    /// Who was met.
    pub met: Vec<Relation>,
}

impl Question {
    /// Of a scanned ticket; `None` when this phone knows no such village.
    pub fn of_ticket(ticket: &Ticket, directory: &Directory) -> Option<Self> {
        let code = format!("{:012}", ticket.village);
        let village = directory.villages.iter().find(|village| village.code == code)?;
        Some(Self {
            knock: Some(ticket.knock),
            village: village.id,
            title: format!("{} · {}", ticket.village_name, ticket.household),
            proof: Proof::Secret(domain::hex(&ticket.secret.0)),
            shown: Some(ticket.shown()),
            facts: Some(Told {
                at: DateTime::from_timestamp(i64::from(ticket.minute) * 60, 0).unwrap_or_default(),
                teacher: ticket.teacher.clone(),
                people: ticket.people,
                met: ticket.relations().cloned().collect(),
            }),
            secret: Some(ticket.secret),
            supersedes: None,
        })
    }

    /// Of a line of the cadre's list.
    pub fn of_row(row: &Row, directory: &Directory) -> Self {
        let asked = &row.asked;
        Self {
            knock: Some(asked.knock),
            village: row.village,
            title: place(directory, row.village, &asked.household),
            proof: Proof::List,
            shown: Some(asked.mark.clone()),
            facts: Some(Told {
                at: asked.started_at,
                teacher: teacher_label(&asked.teacher),
                people: asked.people,
                met: asked.met.clone(),
            }),
            secret: None,
            supersedes: row.own.as_ref().map(|own| own.entry),
        }
    }

    /// Of a visit on the phone that wrote it down, handed over or signed for on paper.
    pub fn of_line(line: &VisitLine, proof: Proof, directory: &Directory) -> Self {
        Self {
            knock: Some(line.knock),
            village: line.village,
            title: place(directory, line.village, &line.household),
            proof,
            shown: Some(Projection::of_line(line).mark()),
            facts: Some(Told {
                at: line.started_at,
                teacher: teacher_label(&line.author_name),
                people: u8::try_from(line.participants.len()).unwrap_or(u8::MAX),
                met: line.met.clone(),
            }),
            secret: None,
            supersedes: None,
        }
    }

    /// Of eight typed digits: they say "I was there", the house stands on the teacher's phone.
    pub fn of_code(code: &str, village: VillageId) -> Self {
        Self {
            knock: None,
            village,
            title: say_with("scan.code_fits", &[("code", &spaced(code))]),
            proof: Proof::Code(code.to_owned()),
            shown: None,
            facts: None,
            secret: None,
            supersedes: None,
        }
    }

    /// The entry of an answer.
    pub fn answered(&self, given: &Given, role: CadreRole, name: Option<String>) -> NewEntry {
        let confirmation = Confirmation {
            result: given.result.clone(),
            proof: self.proof.clone(),
            shown: self.shown.clone(),
            discrepancies: given.discrepancies.clone(),
            comment: given.comment.clone(),
            role,
            name,
        };
        let body = Body::Confirmation(confirmation);
        let entry = writing::entry(Subject::Village(self.village), self.title.clone(), body);
        NewEntry { knock: self.knock, supersedes: self.supersedes, ..entry }
    }

    /// 回执码, when there is a key to it.
    pub fn receipt(&self, result: &ConfirmationResult) -> Option<String> {
        self.secret.as_ref().map(|secret| domain::confirmation::code::receipt(secret, result))
    }
}

/// 五村 · 阿依古丽家
pub fn place(directory: &Directory, village: VillageId, household: &str) -> String {
    match directory.village(village) {
        Some(village) => format!("{} · {household}", village.name),
        None => household.to_owned(),
    }
}

/// 4827 1936
pub fn spaced(code: &str) -> String {
    match code.char_indices().nth(4) {
        Some((middle, _)) => {
            let (head, tail) = code.split_at(middle);
            format!("{head} {tail}")
        }
        None => code.to_owned(),
    }
}

/// 见到：奶奶、孩子
pub fn met_words(met: &[Relation]) -> String {
    let whom = whom_words(met);
    if met.is_empty() { whom } else { say_with("village.met", &[("whom", &whom)]) }
}

/// 奶奶、孩子; 没见到人
pub fn whom_words(met: &[Relation]) -> String {
    if met.is_empty() {
        return say("village.met_nobody").to_owned();
    }
    phrase::list(met.iter().map(phrase::relation))
}

/// 李老师 等2人 来过
pub fn came_words(teacher: &str, people: u8) -> String {
    let key = if people > 1 { "village.came_with" } else { "village.came" };
    say_with(key, &[("who", teacher), ("n", &people.to_string())])
}

/// The question in large type.
#[component]
pub fn Facts(question: Question) -> impl IntoView {
    let lines = question.facts.map(|told| {
        [dates::moment(told.at, device::now()), came_words(&told.teacher, told.people), met_words(&told.met)]
    });
    view! {
        <div class="facts">
            <h2><bdi>{question.title}</bdi></h2>
            {match lines {
                Some(lines) => lines.map(|line| view! { <p>{line}</p> }).into_any(),
                None => view! { <p>{say("scan.code_ask")}</p> }.into_any(),
            }}
        </div>
    }
}
