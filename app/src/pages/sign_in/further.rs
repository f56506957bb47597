//! What may come after a right password: one's own instead of the one-time one, and an unlock code for
//! those whose phone holds children. Not in the first load: it is fetched while the password is typed.

use super::{SigningIn, Step, StepForm, SubmitBar, Wrong};
use crate::local::LocalError;
use crate::phone::Stage;
use crate::session::{self, SessionError};
use crate::ui::{Field, Input};
use crate::words::{say, say_with};
use leptos::prelude::*;
use leptos::wasm_split::wasm_split;
use std::pin::Pin;

type Done = Pin<Box<dyn Future<Output = Result<(), SessionError>>>>;

/// Goes on with who has just given their password.
#[wasm_split(work, fallible, wasm_split_path = ::leptos::wasm_split)]
pub(super) fn after(form: SigningIn, done: Callback<()>) -> Result<Done, LocalError> {
    Ok(Box::pin(form.after(done)))
}

/// The screen of a later step.
#[wasm_split(work, fallible, wasm_split_path = ::leptos::wasm_split)]
pub(super) fn step(form: SigningIn, done: Callback<()>, step: Step) -> Result<AnyView, LocalError> {
    Ok(match step {
        Step::Password => ().into_any(),
        Step::OwnPassword => view! { <OwnPassword form=form done=done /> }.into_any(),
        Step::OldKey => view! { <OldKey form=form done=done /> }.into_any(),
        Step::Code => view! { <Code form=form done=done /> }.into_any(),
    })
}

impl SigningIn {
    async fn after(self, done: Callback<()>) -> Result<(), SessionError> {
        if self.who.with_untracked(|who| who.as_ref().is_some_and(|who| who.must_change_password)) {
            self.step.set(Step::OwnPassword);
            return Ok(());
        }
        self.after_password(done).await
    }

    async fn choose_password(self, done: Callback<()>) -> Result<(), SessionError> {
        let own = self.own.get_untracked();
        session::change_password(&self.password.get_untracked(), &own).await?;
        self.after_password(done).await
    }

    /// The password was right: on with the work, or first an unlock code.
    async fn after_password(self, done: Callback<()>) -> Result<(), SessionError> {
        let Some(who) = self.who.get_untracked() else { return Ok(()) };
        let same = self.phone.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.user == who.actor.user));
        if same && self.phone.stage.get_untracked() == Stage::Open {
            session::go_on(self.phone).await?;
            done.run(());
            return Ok(());
        }
        let (holder, raw) = match session::data_key(self.phone, &who).await {
            Err(SessionError::Local(LocalError::Sealed)) => {
                self.step.set(Step::OldKey);
                return Ok(());
            }
            key => key?,
        };
        let forgot = self.phone.holder.with_untracked(|h| h.as_ref().is_some_and(|h| h.user == holder.user));
        if session::asks_code(&who.actor) && (forgot || !holder.code_counts()) {
            self.step.set(Step::Code);
            return Ok(());
        }
        session::settle_in(self.phone, who.actor, holder, raw, None).await?;
        done.run(());
        Ok(())
    }

    async fn open_old(self, done: Callback<()>) -> Result<(), SessionError> {
        let who = self.who.get_untracked();
        session::unlock(self.phone, &self.code.get_untracked(), who.as_ref()).await?;
        done.run(());
        Ok(())
    }

    async fn begin_anew(self, done: Callback<()>) -> Result<(), SessionError> {
        session::begin_anew(self.phone).await?;
        self.code.set(String::new());
        self.after_password(done).await
    }

    async fn choose_code(self, done: Callback<()>) -> Result<(), SessionError> {
        let Some(who) = self.who.get_untracked() else { return Ok(()) };
        let code = self.code.get_untracked();
        let (holder, raw) = session::data_key(self.phone, &who).await?;
        session::settle_in(self.phone, who.actor, holder, raw, Some(&code)).await?;
        done.run(());
        Ok(())
    }
}

/// Six digits, and not the first ones anybody would try.
pub(crate) fn code_is_weak(code: &str) -> bool {
    let digits: Vec<i16> = code.bytes().map(i16::from).collect();
    let steps: Vec<i16> = digits.windows(2).filter_map(|pair| Some(pair.last()? - pair.first()?)).collect();
    let first = steps.first();
    steps.iter().all(|step| Some(step) == first) && first.is_some_and(|step| step.abs() <= 1)
}

/// What is wrong with a new code typed twice.
pub(crate) fn code_problem(code: &str, again: &str) -> Option<&'static str> {
    if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) {
        Some("unlock.six_digits")
    } else if code_is_weak(code) {
        Some("unlock.weak")
    } else if code != again {
        Some("unlock.differs")
    } else {
        None
    }
}

#[component]
fn OwnPassword(form: SigningIn, done: Callback<()>) -> impl IntoView {
    let submit = move || form.attempt(form.choose_password(done));
    view! {
        <StepForm submit=submit>
            <h1>{say("sign_in.own_title")}</h1>
            <p class="pad">{say("sign_in.own_why")}</p>
            <Wrong wrong=form.wrong />
            <Field
                id="new"
                label=say("sign_in.own")
                hint=say("sign_in.own_hint")
                input=Input::NewPassword
                value=form.own
            />
            <SubmitBar label=say("sign_in.own_go") busy=form.busy />
        </StepForm>
    }
}

#[component]
fn Code(form: SigningIn, done: Callback<()>) -> impl IntoView {
    let submit = move || {
        let (code, again) = (form.code.get_untracked(), form.again.get_untracked());
        match code_problem(&code, &again) {
            Some(key) => form.wrong.set(Some(say(key).to_owned())),
            None => form.attempt(form.choose_code(done)),
        }
    };
    view! {
        <StepForm submit=submit>
            <h1>{say("unlock.choose")}</h1>
            <p class="pad">{say("unlock.why")}</p>
            <Wrong wrong=form.wrong />
            <Field
                id="code"
                label=say("unlock.code")
                hint=say("unlock.hint")
                input=Input::Code
                value=form.code
            />
            <Field id="again" label=say("unlock.again") input=Input::Code value=form.again />
            <SubmitBar label=say("unlock.set") busy=form.busy />
        </StepForm>
    }
}

#[component]
fn OldKey(form: SigningIn, done: Callback<()>) -> impl IntoView {
    let submit = move || form.attempt(form.open_old(done));
    let anew = move || form.attempt(form.begin_anew(done));
    let holder = form.phone.holder.get_untracked();
    let unsent = holder.as_ref().map_or(0, |h| h.unsent);
    let has_code = holder.is_some_and(|h| h.code_counts());
    view! {
        <StepForm submit=submit>
            <h1>{say("old_key.title")}</h1>
            <Wrong wrong=form.wrong />
            {has_code
                .then(|| {
                    view! {
                        <p class="pad">{say("old_key.why")}</p>
                        <Field id="code" label=say("unlock.code") input=Input::Code value=form.code />
                        <SubmitBar label=say("old_key.open") busy=form.busy />
                    }
                })}
        </StepForm>
        {if unsent == 0 {
            view! {
                <p class="pad hint">{say("old_key.anew_why")}</p>
                <p class="links">
                    <button type="button" class="link" on:click=move |_| anew()>{say("old_key.anew")}</button>
                </p>
            }
                .into_any()
        } else {
            view! { <p class="pad hint">{say_with("old_key.unsent", &[("n", &unsent.to_string())])}</p> }.into_any()
        }}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_are_guessed_first_are_not_taken() {
        for (code, again, expect) in [
            ("12345", "12345", Some("unlock.six_digits")),
            ("12a456", "12a456", Some("unlock.six_digits")),
            ("111111", "111111", Some("unlock.weak")),
            ("123456", "123456", Some("unlock.weak")),
            ("987654", "987654", Some("unlock.weak")),
            ("246802", "246801", Some("unlock.differs")),
            ("246802", "246802", None),
        ] {
            assert_eq!(code_problem(code, again), expect, "{code}");
        }
    }
}
