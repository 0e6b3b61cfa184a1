//! What the linked handlers and types say about their sessions, and whether two of them agree.

use super::settings::SessionSettings;
use crate::glue::{PLANS, Plan, Use};
use crate::sessions::Registry;
use crate::typed::{Data, TYPES};

/// One declaration of a session, with its place.
pub(super) struct Declared {
    pub(super) place: String,
    /// The type that it is read as; where the declaration is a type, that one.
    pub(super) data: Option<&'static Data>,
    pub(super) is_type: bool,
    pub(super) settings: SessionSettings,
    pub(super) lock: bool,
    /// The option that only a server can serve.
    pub(super) needs_server: Option<&'static str>,
    /// Whether the handler gives the session a name that is not its type's.
    renamed: bool,
}

impl Declared {
    /// The definition on a type.
    pub(super) fn by_type(data: &'static Data) -> Self {
        let settings = data.settings();
        let lock = settings.lock == Some(true);
        Self {
            place: data.place(),
            data: Some(data),
            is_type: true,
            lock,
            needs_server: needs_server(lock, settings.conflict.is_some()),
            settings,
            renamed: false,
        }
    }

    /// What a handler says, over what a type says if it binds one.
    pub(super) fn by_handler(plan: &Plan, one: &Use) -> Self {
        let lock = one.options.lock == Some(true);
        Self {
            place: format!("{}:{} (`{}`)", plan.file, one.line, plan.handler),
            data: one.data,
            is_type: false,
            settings: one.options.settings(one.backend),
            lock,
            needs_server: needs_server(lock, one.options.conflict.is_some()),
            renamed: one.name.is_some(),
        }
    }

    /// Whether the declaration is more than a binding of a type that says it all.
    pub(super) fn says_something(&self) -> bool {
        self.is_type
            || self.data.is_none()
            || self.renamed
            || self.needs_server.is_some()
            || self.settings != SessionSettings::default()
    }

    fn kind(&self) -> &'static str {
        if self.is_type { "type" } else { "handler" }
    }
}

fn needs_server(lock: bool, conflict: bool) -> Option<&'static str> {
    if lock {
        return Some("lock");
    }
    conflict.then_some("conflict")
}

/// The linked handlers. linkme does not support Miri: there the list is empty, and nothing is checked.
pub(super) fn linked() -> impl Iterator<Item = &'static Plan> {
    #[cfg(not(miri))]
    let plans = PLANS.iter().copied();
    #[cfg(miri)]
    let plans = std::iter::empty();
    plans
}

/// The linked types.
pub(super) fn types() -> impl Iterator<Item = &'static Data> {
    #[cfg(not(miri))]
    let types = TYPES.iter().copied();
    #[cfg(miri)]
    let types = std::iter::empty();
    types
}

/// Whether two declarations of the session `name` can both be right; the error is the line to show.
pub(super) fn agree(
    registry: &Registry,
    base: &SessionSettings,
    name: &str,
    left: &Declared,
    right: &Declared,
) -> Result<(), String> {
    let (one, other) = (&left.place, &right.place);
    let of_one_type = match (left.data, right.data) {
        (Some(left), Some(right)) => Some(left.is(right)),
        _ => None,
    };
    match (left.is_type, right.is_type) {
        (true, true) => {
            return Err(format!(
                "session `{name}`: the types at {one} and {other} are both stored as this session; \
                 rename one with `#[session(name = ..)]`"
            ));
        }
        // What a handler says where it binds the type is meant to win.
        (true, false) | (false, true) if of_one_type == Some(true) => return Ok(()),
        _ if of_one_type == Some(false) && (left.renamed || right.renamed) => {
            return Err(format!(
                "session `{name}`: {one} and {other} read it as two types; choose another name in one of them"
            ));
        }
        _ => {}
    }
    let Some(what) = difference(registry, base, &left.settings, &right.settings) else {
        return Ok(());
    };
    if left.is_type || right.is_type {
        return Err(format!(
            "session `{name}`: the {} at {one} and the {} at {other} disagree about {what}; \
             say it once, on the type, or alike in both",
            left.kind(),
            right.kind()
        ));
    }
    let where_to = if left.data.is_some() || right.data.is_some() {
        "on the type".to_owned()
    } else {
        format!("with `.session(\"{name}\", ..)`")
    };
    Err(format!(
        "session `{name}`: the handlers at {one} and {other} disagree about {what}; \
         say it once, {where_to}, or alike in both"
    ))
}

/// What two declarations of one session contradict each other in. An option that only one of them says is no
/// contradiction; a backend always has a value, if only the default.
fn difference(
    registry: &Registry,
    base: &SessionSettings,
    left: &SessionSettings,
    right: &SessionSettings,
) -> Option<&'static str> {
    fn differs<T: PartialEq>(left: Option<&T>, right: Option<&T>) -> bool {
        matches!((left, right), (Some(left), Some(right)) if left != right)
    }
    let fallback = base.backend.as_ref().unwrap_or(&registry.default_backend);
    let backend = |one: &SessionSettings| one.backend.clone().unwrap_or_else(|| fallback.clone());
    let checks = [
        ("the backend", backend(left) != backend(right)),
        (
            "`session_max_age`",
            differs(left.session_max_age.as_ref(), right.session_max_age.as_ref()),
        ),
        (
            "`idle_timeout`",
            differs(left.idle_timeout.as_ref(), right.idle_timeout.as_ref()),
        ),
        (
            "`browser_session`",
            differs(left.browser_session.as_ref(), right.browser_session.as_ref()),
        ),
        (
            "`same_site`",
            differs(left.cookie.same_site.as_ref(), right.cookie.same_site.as_ref()),
        ),
        (
            "`path`",
            differs(left.cookie.path.as_ref(), right.cookie.path.as_ref()),
        ),
        (
            "`domain`",
            differs(left.cookie.domain.as_ref(), right.cookie.domain.as_ref()),
        ),
        (
            "`secure`",
            differs(left.cookie.secure.as_ref(), right.cookie.secure.as_ref()),
        ),
        (
            "`http_only`",
            differs(left.cookie.http_only.as_ref(), right.cookie.http_only.as_ref()),
        ),
        (
            "`partitioned`",
            differs(
                left.cookie.partitioned.as_ref(),
                right.cookie.partitioned.as_ref(),
            ),
        ),
    ];
    checks
        .into_iter()
        .find(|(_, differs)| *differs)
        .map(|(what, _)| what)
}
