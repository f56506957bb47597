//! One visit at the right of a list: what was written, what was added, what the village said, and what
//! the office says to it.

use super::answer::{LookTag, StandingTag, answer};
use super::drawer::{Drawer, Fact};
use super::load::{Answered, load, sentence};
use super::{begun, said};
use crate::desk::visits::{Look, VisitFile};
use crate::desk::{Begun, Fault, functions};
use crate::ui::{Mark, Note, Tag};
use crate::words::{say, say_with};
use domain::entry::Body;
use domain::ids::EntryId;
use domain::review::Verdict;
use domain::sync::SeenEntry;
use domain::visit::{Supplement, Visit};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The visit that is opened; `changed` is called when the office has said something.
#[component]
pub fn VisitDrawer(#[prop(into)] open: Signal<Option<EntryId>>, changed: Callback<()>) -> impl IntoView {
    let loaded = load(move || {
        let entry = open.get()?;
        Some(async move { functions::visit(entry).await })
    });
    let title =
        move || loaded.value.with(|file| file.as_ref().map(|file| file.row.name.clone()).unwrap_or_default());
    let again = Callback::new(move |()| {
        loaded.again();
        changed.run(());
    });
    view! {
        <Drawer title=Signal::derive(title)>
            <Answered loaded=loaded show=move |file: VisitFile| view! { <File file=file changed=again /> }.into_any() />
        </Drawer>
    }
}

#[component]
fn File(file: VisitFile, changed: Callback<()>) -> impl IntoView {
    let begun = begun();
    let Body::Visit(visit) = &file.visit.entry.body else { return ().into_any() };
    let row = &file.row;
    let where_ = said::list([
        said::class(&begun, row.class),
        said::village(&begun, row.village),
        row.household.clone(),
    ]);
    let head = format!("{} · {}", row.kind.term(), said::moment(&begun, row.started_at));
    let written = say_with(
        if row.is_late() { "desk.visit.written_later" } else { "desk.visit.written" },
        &[
            ("who", &row.author_name),
            ("at", &said::moment(&begun, row.recorded_at)),
            ("received", &said::moment(&begun, row.received_at)),
        ],
    );
    let others = file
        .others
        .iter()
        .map(|(entry, name)| {
            view! { <a href=format!("/desk/visits?open={entry}")><bdi>{name.clone()}</bdi></a> " " }
        })
        .collect_view();
    let lines = lines(&begun, visit);
    let answers = file
        .line
        .as_ref()
        .map(|line| line.answers.iter().map(|given| answer(&begun, given, &line.mark)).collect_view());
    let answered = file.line.as_ref().is_some_and(|line| !line.answers.is_empty());
    let beside = file.beside.iter().map(|seen| beside(&begun, seen)).collect_view();
    view! {
        <div class="drawer-body">
            <p class="lead">{head}</p>
            <p class="hint">{where_}</p>
            <p class="tags">
                <StandingTag value=row.standing />
                {row.look.map(|look| view! { <LookTag value=look /> })}
                {row.is_late().then(|| view! { <Tag mark=Mark::Paper word=say("desk.late").to_owned() /> })}
            </p>
            {(!file.others.is_empty())
                .then(|| view! { <p class="hint">{say("desk.visit.others")} " " {others}</p> })}
            <dl class="facts">{lines}</dl>
            <p class="hint">{written}</p>
            {row.is_doubtful().then(|| view! { <p class="hint">{say("desk.doubtful")}</p> })}
            {beside}
            {answered.then(|| view! { <h3>{say("desk.visit.village")}</h3> })}
            {answers}
            <p class="links">
                <a href=format!("/desk/print/{}", row.entry)>{say("desk.print")}</a>
                <a href=format!("/desk/students/{}", row.student)>{say("desk.to_file")}</a>
            </p>
        </div>
        {file
            .may_review
            .then(|| view! { <Review entry=row.entry look=row.look changed=changed /> })}
    }
    .into_any()
}

pub fn lines(begun: &Begun, visit: &Visit) -> impl IntoView + use<> {
    said::lines(begun, visit)
        .into_iter()
        .map(|(name, value)| view! { <Fact name=name value=value /> })
        .collect_view()
}

/// Words added, reviews, and what the visit said before it was corrected.
fn beside(begun: &Begun, seen: &SeenEntry) -> AnyView {
    let at = said::moment(begun, seen.received_at);
    let headed = |key: &str| {
        let words = say_with(key, &[("who", &seen.author_name), ("at", &at)]);
        view! { <h3>{words}</h3> }
    };
    match &seen.entry.body {
        Body::Supplement(supplement) => {
            let lines = supplement_lines(supplement)
                .into_iter()
                .map(|(name, value)| view! { <Fact name=name value=value /> })
                .collect_view();
            view! {
                {headed("desk.visit.added")}
                <dl class="facts">{lines}</dl>
            }
            .into_any()
        }
        Body::Review(review) => {
            let words = review.words.clone().map(|words| view! { <p>{words}</p> });
            let key = match review.verdict {
                Verdict::Seen => "desk.visit.seen",
                Verdict::PleaseAdd => "desk.visit.asked",
            };
            view! {
                {headed(key)}
                {words}
            }
            .into_any()
        }
        Body::Visit(visit) => {
            let words = say_with("desk.visit.before", &[("at", &at)]);
            view! {
                <details>
                    <summary>{words}</summary>
                    <dl class="facts">{lines(begun, visit)}</dl>
                </details>
            }
            .into_any()
        }
        _ => ().into_any(),
    }
}

/// What was added in the evening.
pub fn supplement_lines(supplement: &Supplement) -> Vec<(&'static str, String)> {
    let kept = said::list(supplement.kept.iter().map(|what| what.term().to_owned()));
    let calls = said::list(
        supplement
            .calls
            .iter()
            .map(|call| format!("{} {}", said::relation(&call.relation), call.result.term())),
    );
    [
        ("desk.visit.reply", supplement.reply.clone().unwrap_or_default()),
        ("desk.visit.family", supplement.family.clone().unwrap_or_default()),
        ("desk.visit.school", supplement.school.clone().unwrap_or_default()),
        ("desk.visit.opinion", supplement.guardian_opinion.clone().unwrap_or_default()),
        ("desk.visit.kept", kept),
        ("desk.visit.calls", calls),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(key, value)| (say(key), value))
    .collect()
}

/// [看过] · [请您补一点]. What is typed stays until it is taken.
#[component]
fn Review(entry: EntryId, look: Option<Look>, changed: Callback<()>) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let asking = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let fault = RwSignal::new(None::<Fault>);
    let missing = RwSignal::new(false);
    let say_it = move |verdict: Verdict| {
        let text = words.get_untracked().trim().to_owned();
        missing.set(verdict == Verdict::PleaseAdd && text.is_empty());
        if busy.get_untracked() || missing.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let text = (verdict == Verdict::PleaseAdd).then_some(text);
            let done = functions::review(entry, verdict, text).await;
            busy.set(false);
            match done {
                Ok(()) => {
                    asking.set(false);
                    words.set(String::new());
                    fault.set(None);
                    // Nobody waits for it where the drawer was closed.
                    let _ = changed.try_run(());
                }
                Err(refused) => fault.set(Some(refused)),
            }
        });
    };
    let button = move |class: &'static str, key: &'static str, press: Callback<()>| {
        view! {
            <button
                type="button"
                class=class
                aria-disabled=move || busy.get().then_some("true")
                on:click=move |_| press.run(())
            >
                {say(key)}
            </button>
        }
    };
    let seen = Callback::new(move |()| say_it(Verdict::Seen));
    let ask = Callback::new(move |()| asking.set(true));
    let back = Callback::new(move |()| asking.set(false));
    let send = Callback::new(move |()| say_it(Verdict::PleaseAdd));
    let wrong = Signal::derive(move || missing.get().then(|| say("desk.review.words_needed").to_owned()));
    view! {
        <section class="review" aria-label=say("desk.review.title")>
            {move || fault.with(|fault| fault.as_ref().map(|f| view! { <p class="error wide" role="alert">{sentence(f)}</p> }))}
            <Show
                when=move || asking.get()
                fallback=move || {
                    view! {
                        {(look != Some(Look::Seen)).then(|| button("primary", "desk.review.seen", seen))}
                        {button("secondary", "desk.review.please_add", ask)}
                    }
                }
            >
                <Note
                    id="words"
                    label=say("desk.review.words").to_owned()
                    hint=say("desk.review.hint").to_owned()
                    wrong=wrong
                    value=words
                />
                {button("primary", "desk.review.send", send)}
                {button("secondary", "desk.back", back)}
            </Show>
        </section>
    }
}
