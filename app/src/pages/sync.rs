//! What is on this phone and not, or not quite, at the school: each entry with where it is, why, and
//! what can be done about it.

pub mod put_back;

use crate::dates::moment;
use crate::device;
use crate::notices::StorageLow;
use crate::phone::{Contact, Phone};
use crate::phrase;
use crate::ui::{Empty, Group, Mark, NotKept, PrimaryBar, Screen, Sheet, Tag, sentence};
use crate::words::{find, say, say_with};
use chrono::{DateTime, Utc};
use domain::entry::{Body, Entry};
use domain::ids::EntryId;
use domain::sync::{Progress, Queued};
use leptos::prelude::*;
use leptos::task::spawn_local;
use put_back::PutBack;

/// An entry as the list shows it.
#[derive(Clone, PartialEq)]
struct Line {
    id: EntryId,
    title: String,
    at: DateTime<Utc>,
    progress: Progress,
    mend: Option<String>,
}

impl Line {
    fn of(queued: &Queued) -> Self {
        Self {
            id: queued.entry.id,
            title: format!("{} · {}", kind_word(&queued.entry.body), queued.label),
            at: queued.entry.recorded_at,
            progress: queued.progress.clone(),
            mend: mend(&queued.entry),
        }
    }
}

/// 走访, 补几句: what an entry is, in the words of the screens.
pub fn kind_word(body: &Body) -> &'static str {
    let known = body.kind().and_then(|kind| find(&format!("kind.{}", kind.code())));
    known.unwrap_or_else(|| say("kind.other"))
}

/// Where an entry that was not taken is written anew: a visit in its form, the rest in the file.
fn mend(entry: &Entry) -> Option<String> {
    match (&entry.body, entry.knock, entry.subject.student()) {
        (Body::Visit(_), Some(knock), _) => Some(format!("/visit/{knock}?correct=1")),
        (_, _, Some(student)) => Some(format!("/students/{student}")),
        _ => None,
    }
}

fn reasons(progress: &Progress) -> Vec<String> {
    match progress {
        Progress::Refused { problems } => problems.iter().map(sentence).collect(),
        Progress::Returned { words } => vec![say_with("sync.returned", &[("what", phrase::quoted(words))])],
        Progress::Quarantined { number } => vec![say_with("sync.quarantined", &[("number", number)])],
        _ => Vec::new(),
    }
}

/// The page.
#[component]
pub fn Sync() -> impl IntoView {
    let phone = Phone::get();
    let lines = Memo::new(move |_| {
        phone.replica.with(|replica| {
            let open = |q: &&Queued| !matches!(q.progress, Progress::Accepted { .. });
            replica.outbox.iter().filter(open).map(Line::of).collect::<Vec<_>>()
        })
    });
    let some = move |pick: fn(&Progress) -> bool| -> Vec<Line> {
        lines.get().into_iter().filter(|line| pick(&line.progress)).collect()
    };
    let refused = move || some(Progress::is_back);
    let waiting = move || some(|p| *p == Progress::Waiting);
    let held = move || some(|p| matches!(p, Progress::Quarantined { .. }));
    let withdrawn = RwSignal::new(None::<Line>);
    let asking = RwSignal::new(false);
    let failed = RwSignal::new(None);
    let ask = Callback::new(move |line: Line| {
        failed.set(None);
        withdrawn.set(Some(line));
        asking.set(true);
    });
    let withdraw = move |()| {
        let line = withdrawn.get_untracked();
        spawn_local(async move {
            let Some(line) = line else { return };
            match phone.settle(line.id).await {
                Ok(()) => {
                    let _ = asking.try_set(false);
                }
                Err(why) => {
                    let _ = failed.try_set(Some(why));
                }
            }
        });
    };
    let held_back = move || match phone.sync.get().contact {
        Contact::SignIn => say("login.expired_offline"),
        Contact::SchoolDown => say("sync.server_down"),
        Contact::NoSignal => say("sync.no_signal"),
        _ => "",
    };
    view! {
        <Screen title=say("sync.title")>
            <StorageLow />
            <Show when=move || !held_back().is_empty()>
                <p class="pad">
                    {held_back}
                    <Show when=move || phone.sync.get().contact == Contact::SignIn>
                        " "
                        <a class="link" href="/sign-in">{say("login.again")}</a>
                    </Show>
                </p>
            </Show>
            <Lines label=say("sync.refused_label") lines=Signal::derive(refused) ask=ask />
            <Lines label=say("sync.waiting_label") lines=Signal::derive(waiting) ask=ask />
            <Lines label=say("sync.held_label") lines=Signal::derive(held) ask=ask />
            <Show when=move || lines.read().is_empty()>
                <Empty text=Signal::derive(move || phone.sync_words()) />
            </Show>
            <PutBack phone=phone />
            <PrimaryBar
                label=Signal::derive(move || {
                    say(if phone.sync.get().contact == Contact::Sending { "state.sending" } else { "sync.now" })
                        .to_owned()
                })
                press=move |()| phone.sync_now()
            />
            <Sheet open=asking title=say("sync.withdraw_title")>
                <p class="pad">{move || withdrawn.get().map(|line| line.title)}</p>
                <p class="pad">{say("sync.withdraw_why")}</p>
                <div class="pad stack">
                    <NotKept why=failed />
                    <button type="button" class="secondary" on:click=move |_| asking.set(false)>
                        {say("sync.keep")}
                    </button>
                    <button type="button" class="link bad" on:click=move |_| withdraw(())>
                        {say("sync.withdraw")}
                    </button>
                </div>
            </Sheet>
        </Screen>
    }
}

#[component]
fn Lines(label: &'static str, lines: Signal<Vec<Line>>, ask: Callback<Line>) -> impl IntoView {
    view! {
        <Show when=move || !lines.read().is_empty()>
            <Group label=label>
                <For each=move || lines.get() key=|line| line.id let(line)>
                    <Row line=line ask=ask />
                </For>
            </Group>
        </Show>
    }
}

#[component]
fn Row(line: Line, ask: Callback<Line>) -> impl IntoView {
    let phone = Phone::get();
    let sending = move || phone.sync.get().contact == Contact::Sending;
    let is_refused = line.progress.is_back();
    let tag = match line.progress {
        Progress::Refused { .. } | Progress::Returned { .. } => {
            view! { <Tag mark=Mark::Refused word=say("mark.refused") /> }.into_any()
        }
        Progress::Quarantined { .. } => {
            view! { <Tag mark=Mark::Received word=say("mark.held") /> }.into_any()
        }
        _ => view! {
            {move || {
                if sending() {
                    view! { <Tag mark=Mark::Sending word=say("mark.sending") /> }
                } else {
                    view! { <Tag mark=Mark::OnPhone word=say("mark.on_phone") /> }
                }
            }}
        }
        .into_any(),
    };
    let why = reasons(&line.progress).into_iter().map(|why| view! { <p class="cell-note">{why}</p> });
    let why = why.collect_view();
    let mend = line.mend.clone().filter(|_| is_refused);
    let title = line.title.clone();
    let at = moment(line.at, device::now());
    view! {
        <div class="cell queued">
            <div class="cell-words">
                <bdi class="cell-title">{title}</bdi>
                <p class="cell-note">{at}</p>
                {why}
                {is_refused
                    .then(|| {
                        view! {
                            <p class="cell-note">{say("sync.still_here")}</p>
                            <p class="links-inline">
                                {mend.map(|href| view! { <a class="link" href=href>{say("sync.mend")}</a> })}
                                <button type="button" class="link" on:click=move |_| ask.run(line.clone())>
                                    {say("sync.withdraw")}
                                </button>
                            </p>
                        }
                    })}
            </div>
            <div class="cell-end">{tag}</div>
        </div>
    }
}
