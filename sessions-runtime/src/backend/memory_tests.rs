use super::*;

const KEY: StoreKey = StoreKey::from_bytes([1; 32]);
const OTHER: StoreKey = StoreKey::from_bytes([2; 32]);
const ANN: LockToken = LockToken::from_bytes([1; 16]);
const BEN: LockToken = LockToken::from_bytes([2; 16]);
const SECOND: Duration = Duration::from_secs(1);

fn store() -> (Memory, Clock) {
    let clock = Clock::manual(Timestamp::from_unix(1_000));
    (Memory::with_clock(clock.clone()), clock)
}

fn record(data: &'static str, expiry: u64) -> NewRecord {
    NewRecord {
        data: data.into(),
        expiry: Timestamp::from_unix(expiry),
        principal: Some("ann".into()),
    }
}

async fn create(memory: &Memory, key: &StoreKey, expiry: u64) -> Version {
    match memory.create(key, record("first", expiry)).await.unwrap() {
        Create::Created(version) => version,
        Create::Exists => panic!("exists"),
    }
}

/// S63
#[actix_web::test]
async fn only_the_expected_version_is_replaced_or_deleted() {
    let (memory, _) = store();
    let first = create(&memory, &KEY, 2_000).await;
    assert_eq!(
        memory.create(&KEY, record("again", 2_000)).await.unwrap(),
        Create::Exists
    );
    let Replace::Replaced(second) = memory
        .replace(&KEY, first, record("second", 2_000))
        .await
        .unwrap()
    else {
        panic!("conflict")
    };
    assert_eq!(
        memory.replace(&KEY, first, record("third", 2_000)).await.unwrap(),
        Replace::Conflict
    );
    assert_eq!(memory.delete(&KEY, Some(first)).await.unwrap(), Delete::Conflict);
    assert_eq!(memory.load(&KEY).await.unwrap().unwrap().data, "second");
    assert_eq!(memory.delete(&KEY, Some(second)).await.unwrap(), Delete::Deleted);
    assert_eq!(
        memory
            .replace(&KEY, second, record("third", 2_000))
            .await
            .unwrap(),
        Replace::Gone
    );
    assert_eq!(memory.delete(&KEY, None).await.unwrap(), Delete::Gone);
    assert_eq!(
        memory.touch(&KEY, Timestamp::from_unix(3_000)).await.unwrap(),
        Touch::Gone
    );
}

/// C5
#[actix_web::test]
async fn versions_never_come_back_after_a_delete() {
    let (memory, _) = store();
    let first = create(&memory, &KEY, 2_000).await;
    memory.delete(&KEY, None).await.unwrap();
    let second = create(&memory, &KEY, 2_000).await;
    assert_ne!(first, second);
    assert_eq!(
        memory.replace(&KEY, first, record("stale", 2_000)).await.unwrap(),
        Replace::Conflict
    );
}

/// S14, S16
#[actix_web::test]
async fn an_expired_record_does_not_exist() {
    let (memory, clock) = store();
    let first = create(&memory, &KEY, 1_001).await;
    clock.advance(SECOND);
    assert!(
        memory.load(&KEY).await.unwrap().is_some(),
        "the expiry is the last second"
    );
    clock.advance(SECOND);
    assert_eq!(memory.load(&KEY).await.unwrap(), None);
    assert_eq!(
        memory.replace(&KEY, first, record("late", 2_000)).await.unwrap(),
        Replace::Gone
    );
    assert_eq!(
        memory.touch(&KEY, Timestamp::from_unix(2_000)).await.unwrap(),
        Touch::Gone
    );
    assert_eq!(memory.delete(&KEY, Some(first)).await.unwrap(), Delete::Gone);
    assert!(memory.keys_of("ann").await.unwrap().is_empty());
    let second = create(&memory, &KEY, 2_000).await;
    assert_ne!(first, second);
    assert_eq!(memory.len(), 1);
}

/// C4
#[actix_web::test]
async fn touching_moves_the_expiry_and_nothing_else() {
    let (memory, clock) = store();
    let version = create(&memory, &KEY, 1_010).await;
    assert_eq!(
        memory.touch(&KEY, Timestamp::from_unix(1_020)).await.unwrap(),
        Touch::Done
    );
    let loaded = memory.load(&KEY).await.unwrap().unwrap();
    assert_eq!((loaded.version, loaded.expiry.unix()), (version, 1_020));
    assert_eq!(
        memory.touch(&KEY, Timestamp::from_unix(1_005)).await.unwrap(),
        Touch::Done
    );
    clock.advance(SECOND * 6);
    assert_eq!(memory.load(&KEY).await.unwrap(), None);
    assert_eq!(memory.purge_expired(10).await.unwrap(), 1);
}

/// S19
#[actix_web::test]
async fn purging_removes_only_expired_records_up_to_the_limit() {
    let (memory, clock) = store();
    for at in 0..10 {
        create(&memory, &StoreKey::from_bytes([at; 32]), 1_000 + u64::from(at)).await;
    }
    clock.advance(SECOND * 7);
    assert_eq!(memory.purge_expired(5).await.unwrap(), 5);
    assert_eq!(memory.purge_expired(5).await.unwrap(), 2);
    assert_eq!(memory.purge_expired(5).await.unwrap(), 0);
    assert_eq!(memory.len(), 3);
    assert!(
        memory
            .load(&StoreKey::from_bytes([7; 32]))
            .await
            .unwrap()
            .is_some()
    );
}

/// S13
#[actix_web::test]
async fn keys_are_found_by_their_present_principal() {
    let (memory, _) = store();
    let version = create(&memory, &KEY, 2_000).await;
    create(&memory, &OTHER, 2_000).await;
    assert_eq!(memory.keys_of("ann").await.unwrap(), [KEY, OTHER]);
    let mut signed_out = record("second", 2_000);
    signed_out.principal = None;
    memory.replace(&KEY, version, signed_out).await.unwrap();
    assert_eq!(memory.keys_of("ann").await.unwrap(), [OTHER]);
    memory.delete(&OTHER, None).await.unwrap();
    assert!(memory.keys_of("ann").await.unwrap().is_empty());
    assert!(memory.state().principals.is_empty());
}

/// S64, C10
#[actix_web::test]
async fn only_its_owner_releases_a_lock() {
    let (memory, _) = store();
    assert_eq!(
        memory.lock(&KEY, &ANN, SECOND, Duration::ZERO).await.unwrap(),
        Acquire::Acquired
    );
    assert_eq!(
        memory.lock(&KEY, &BEN, SECOND, Duration::ZERO).await.unwrap(),
        Acquire::TimedOut
    );
    memory.unlock(&KEY, &BEN);
    assert_eq!(
        memory.lock(&KEY, &BEN, SECOND, Duration::ZERO).await.unwrap(),
        Acquire::TimedOut
    );
    assert_eq!(
        memory.lock(&OTHER, &BEN, SECOND, Duration::ZERO).await.unwrap(),
        Acquire::Acquired
    );
    assert_eq!(
        memory.lock(&KEY, &ANN, SECOND, Duration::ZERO).await.unwrap(),
        Acquire::Acquired
    );
    memory.unlock(&KEY, &ANN);
    assert_eq!(
        memory.lock(&KEY, &BEN, SECOND, Duration::ZERO).await.unwrap(),
        Acquire::Acquired
    );
}

/// S64
#[actix_web::test]
async fn a_lock_ends_with_its_lease() {
    let (memory, clock) = store();
    memory.lock(&KEY, &ANN, SECOND, Duration::ZERO).await.unwrap();
    clock.advance(SECOND * 2);
    assert_eq!(
        memory.lock(&KEY, &BEN, SECOND, Duration::ZERO).await.unwrap(),
        Acquire::Acquired
    );
    memory.unlock(&KEY, &ANN);
    assert_eq!(
        memory.lock(&KEY, &ANN, SECOND, Duration::ZERO).await.unwrap(),
        Acquire::TimedOut
    );
}

/// C10
#[actix_web::test]
async fn whoever_waits_gets_the_lock_when_it_is_released() {
    let (memory, _) = store();
    memory.lock(&KEY, &ANN, SECOND, Duration::ZERO).await.unwrap();
    let waiter = {
        let memory = memory.clone();
        actix_web::rt::spawn(async move { memory.lock(&KEY, &BEN, SECOND, SECOND * 30).await })
    };
    tokio::task::yield_now().await;
    memory.unlock(&KEY, &ANN);
    assert_eq!(waiter.await.unwrap().unwrap(), Acquire::Acquired);
}

#[actix_web::test]
async fn clones_share_their_records() {
    let (memory, _) = store();
    create(&memory.clone(), &KEY, 2_000).await;
    assert_eq!(memory.len(), 1);
    assert_eq!(memory.dump()[0].0, KEY);
    assert_eq!(format!("{memory:?}"), "Memory { len: 1, .. }");
}
