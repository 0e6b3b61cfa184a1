//! The check at start-up: every linked handler against the configuration, and against each other.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::definition::{Definition, Place};
use super::settings::SessionSettings;
use crate::backend::BackendName;
use crate::error::ErrorKind;
use crate::glue::{PLANS, Plan, Use};
use crate::sessions::Registry;

/// A handler's declaration of one session, with its place.
struct Declared {
    place: String,
    settings: SessionSettings,
    lock: bool,
    /// The option that only a server can serve.
    needs_server: Option<&'static str>,
}

/// Works out every session's definition from configuration and linked handlers, and collects what is wrong. Without
/// `verify` a handler that contradicts is left to its own requests.
pub(super) fn definitions(
    registry: &Registry,
    allowed_missing: &[BackendName],
    verify: bool,
    problems: &mut Vec<String>,
) -> Vec<Arc<Definition>> {
    let mut names: BTreeMap<&str, Vec<Declared>> = BTreeMap::new();
    names.insert(&registry.default_name, Vec::new());
    for (name, _) in &registry.configured {
        names.entry(name).or_default();
    }
    for plan in linked() {
        for one in plan.sessions.iter().filter(|one| one.load) {
            let name = one.name.unwrap_or(&registry.default_name);
            names.entry(name).or_default().push(declared(plan, one));
        }
    }
    let mut definitions = Vec::new();
    for (name, mut declarations) in names {
        declarations.sort_by(|left, right| left.place.cmp(&right.place));
        let configured = registry.settings(name);
        let mut merged = SessionSettings::default();
        let mut disagree = false;
        for (index, one) in declarations.iter().enumerate() {
            for earlier in declarations.iter().take(index) {
                if let Some(what) = difference(registry, &configured, &earlier.settings, &one.settings) {
                    disagree = true;
                    if verify {
                        problems.push(format!(
                            "session `{name}`: the handlers at {} and {} disagree about {what}; \
                             say it once, with `.session(\"{name}\", ..)`, or alike in both",
                            earlier.place, one.place
                        ));
                    }
                }
            }
            merged = one.settings.overlay(&merged);
        }
        if verify {
            problems.extend(declarations.iter().filter_map(|one| {
                let unfit = unfit_backend(registry, &configured, one, allowed_missing)?;
                Some(format!("{} session `{name}`: {unfit}", one.place))
            }));
        }
        let settings = if disagree && !verify {
            configured.clone()
        } else {
            configured.overlay(&merged)
        };
        let backend = settings
            .backend
            .clone()
            .unwrap_or_else(|| registry.default_backend.clone());
        let err = match registry.define(name, settings) {
            Ok(definition) => {
                definitions.push(Arc::new(definition));
                continue;
            }
            Err(err) => err,
        };
        let missing = err.kind() == ErrorKind::UnknownBackend;
        let said_here = declarations.is_empty()
            || name == registry.default_name
            || registry.configured.iter().any(|(known, _)| known == name);
        if missing && (allowed_missing.contains(&backend) || verify && !declarations.is_empty()) {
            // Allowed, or reported for each handler already.
        } else if verify && !said_here {
            problems.extend(
                declarations
                    .iter()
                    .map(|one| format!("{} session `{name}`: {err}", one.place)),
            );
        } else if verify || declarations.is_empty() {
            problems.push(format!("session `{name}`: {err}"));
        } else if said_here {
            // The handlers are left out, but not what the builder itself says.
            match registry.define(name, configured) {
                Ok(definition) => definitions.push(Arc::new(definition)),
                Err(err) => problems.push(format!("session `{name}`: {err}")),
            }
        }
    }
    let default = definitions
        .iter()
        .position(|one| one.name == registry.default_name);
    if let Some(default) = default {
        definitions.swap(0, default);
    }
    definitions
}

/// The linked handlers. linkme does not support Miri: there the list is empty, and nothing is checked.
fn linked() -> impl Iterator<Item = &'static Plan> {
    #[cfg(not(miri))]
    let plans = PLANS.iter().copied();
    #[cfg(miri)]
    let plans = std::iter::empty();
    plans
}

fn declared(plan: &Plan, one: &Use) -> Declared {
    Declared {
        place: format!("{}:{} (`{}`)", plan.file, one.line, plan.handler),
        settings: one.options.settings(one.backend),
        lock: one.options.lock,
        needs_server: match one.options.conflict {
            _ if one.options.lock => Some("lock"),
            Some(_) => Some("conflict"),
            None => None,
        },
    }
}

/// Why the backend that a handler gets cannot serve it, if so: it is missing, or does not offer what the handler asks for.
fn unfit_backend(
    registry: &Registry,
    configured: &SessionSettings,
    one: &Declared,
    allowed_missing: &[BackendName],
) -> Option<String> {
    let said = one.settings.backend.as_ref().or(configured.backend.as_ref());
    let backend = said.unwrap_or(&registry.default_backend);
    match registry.place(backend) {
        Err(_) if allowed_missing.contains(backend) => None,
        Err(err) => Some(err.to_string()),
        Ok(Place::InCookie) => one.needs_server.map(|option| {
            format!(
                "`{option}` needs a server backend, and securecookie is none; name one with `backend = ..`"
            )
        }),
        Ok(Place::Server(server)) if one.lock && !server.capabilities().locks => Some(format!(
            "backend `{backend}` has no locks; drop `lock` or choose another backend"
        )),
        Ok(Place::Server(_)) => None,
    }
}

/// What two declarations of one session contradict each other in. An option that only one of them says is no
/// contradiction; a backend always has a value, if only the default.
fn difference(
    registry: &Registry,
    configured: &SessionSettings,
    left: &SessionSettings,
    right: &SessionSettings,
) -> Option<&'static str> {
    fn differs<T: PartialEq>(left: Option<&T>, right: Option<&T>) -> bool {
        matches!((left, right), (Some(left), Some(right)) if left != right)
    }
    let fallback = configured.backend.as_ref().unwrap_or(&registry.default_backend);
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
