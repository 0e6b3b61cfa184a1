//! Dropped calls, oversize, a server that is not there: failure is an error, and never looks like absence.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use super::kit::{LONG, absent, create, ensure, ensure_eq, key, load, record, replace};
use super::{Fault, Fixture};
use crate::backend::{Delete, Version};
use crate::error::{ErrorKind, SessionError};

/// A call whose future is dropped, at whatever point, took place or did not; and no later call gets its answer.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn dropped_calls_mix_nothing_up(fixture: Fixture) -> Result<(), Fault> {
    let (backend, expiry, mut keys) = (fixture.backend(), fixture.after(LONG), Vec::new());
    for number in 0..16 {
        let key = key()?;
        create(backend, &key, record(format!("data {number}"), expiry)).await?;
        keys.push(key);
    }
    let (contested, missing) = (key()?, key()?);
    let mut version = create(backend, &contested, record("old", expiry)).await?;
    for (number, key) in keys.iter().enumerate() {
        for polls in 0..4 {
            cut(backend.load(&contested), polls).await;
            cut(backend.replace(&contested, version, record("new", expiry)), polls).await;
            cut(backend.load(&missing), polls).await;
            let data = load(backend, key).await?.data;
            ensure!(
                data == format!("data {number}"),
                "`load` got the answer of a dropped call"
            );
            let present = load(backend, &contested).await?;
            let expected = if present.version == version { "old" } else { "new" };
            ensure!(present.data == expected, "a dropped `replace` took place in part");
            version = replace(backend, &contested, present.version, record("old", expiry)).await?;
        }
    }
    Ok(())
}

/// Lets a call run up to a number of polls, and drops it.
async fn cut<T>(call: impl Future<Output = T>, polls: usize) {
    let mut call = pin!(call);
    for _ in 0..polls {
        let ended = poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_ready())).await;
        if ended {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// Two MiB are stored whole or refused as too large, and never in part or in silence.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn too_much_data_is_an_error(fixture: Fixture) -> Result<(), Fault> {
    let (backend, expiry) = (fixture.backend(), fixture.after(LONG));
    let data = b"0123456789abcdef".repeat(131_072);
    let (fresh, existing) = (key()?, key()?);
    match backend.create(&fresh, record(data.clone(), expiry)).await {
        Ok(_) => ensure!(
            load(backend, &fresh).await?.data == data,
            "2 MiB came back changed"
        ),
        Err(err) => {
            ensure_eq!(
                err.kind(),
                ErrorKind::TooLarge,
                "kind of the error of `create` with 2 MiB"
            );
            absent(backend, &fresh, "after a refused `create`").await?;
        }
    }
    let version = create(backend, &existing, record("small", expiry)).await?;
    match backend
        .replace(&existing, version, record(data.clone(), expiry))
        .await
    {
        Ok(_) => ensure!(
            load(backend, &existing).await?.data == data,
            "2 MiB came back changed"
        ),
        Err(err) => {
            ensure_eq!(
                err.kind(),
                ErrorKind::TooLarge,
                "kind of the error of `replace` with 2 MiB"
            );
            let loaded = load(backend, &existing).await?;
            ensure!(loaded.data == "small", "a refused `replace` changed the data");
            ensure_eq!(loaded.version, version, "version after a refused `replace`");
        }
    }
    for key in [fresh, existing] {
        let answer = backend.delete(&key, None).await?;
        ensure!(
            answer != Delete::Conflict,
            "`delete` of any version answered Conflict"
        );
    }
    Ok(())
}

/// A server that is not there is an error of kind `Unavailable` for every call: an answer such as "no record" would sign
/// everybody out. Checks nothing unless the fixture has such a server.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn an_unreachable_server_is_an_error(fixture: Fixture) -> Result<(), Fault> {
    let Some(backend) = fixture.unreachable() else {
        eprintln!("nothing to check: the fixture has no unreachable server (`Fixture::with_unreachable`)");
        return Ok(());
    };
    let (key, expiry, version) = (key()?, fixture.after(LONG), Version::new(1));
    refused("load", backend.load(&key).await)?;
    refused("create", backend.create(&key, record("new", expiry)).await)?;
    refused(
        "replace",
        backend.replace(&key, version, record("new", expiry)).await,
    )?;
    refused("touch", backend.touch(&key, expiry).await)?;
    refused("delete", backend.delete(&key, None).await)
}

fn refused<T>(call: &str, answer: Result<T, SessionError>) -> Result<(), Fault> {
    match answer {
        Ok(_) => Err(Fault::new(format!(
            "`{call}` gave an answer though the server is not there"
        ))),
        Err(err) => {
            ensure_eq!(
                err.kind(),
                ErrorKind::Unavailable,
                "kind of the error of `{call}` without a server"
            );
            Ok(())
        }
    }
}
