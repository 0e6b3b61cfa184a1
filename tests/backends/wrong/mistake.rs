//! The mistakes, each of a sort that real backends make.

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mistake {
    None,
    /// `replace` writes whatever is there, or not.
    UpsertingReplace,
    /// `replace` ignores the version.
    LastWriteWins,
    /// `replace` of a missing record creates it.
    CreatingReplace,
    /// `replace` answers `Replaced` where it met another version, and writes nothing.
    SwallowedConflict,
    /// `replace` looks at the version first, and writes afterwards.
    RacyReplace,
    /// `replace` leaves the expiry as it was.
    ReplaceKeepsExpiry,
    /// `replace` by equal bytes is taken for nothing to do.
    EqualBytesAreNoWrite,
    /// `load` gives expired records.
    ExpiredLoad,
    /// `load` of a missing key is an error.
    AbsenceIsAnError,
    /// `load` reads a record in two steps.
    TornLoad,
    /// A dropped `load` leaves its answer to the next one.
    MixedAnswers,
    /// Each handle keeps what it has seen.
    CachingHandle,
    /// Versions restart with each record.
    ReusedVersions,
    /// `delete` ignores the version.
    UnconditionalDelete,
    /// `delete` answers `Deleted`, also where nothing was.
    EveryDeleteDeletes,
    /// `delete` answers before it has happened, which is never.
    LazyDelete,
    /// `create` overwrites.
    OverwritingCreate,
    /// `create` looks first, and writes afterwards.
    RacyCreate,
    /// `touch` reads the record and writes it back.
    RewritingTouch,
    /// `touch` brings a record back that was deleted meanwhile.
    RevivingTouch,
    /// `touch` makes a new version.
    VersioningTouch,
    /// `touch` only says so.
    IdleTouch,
    /// Data goes through a text column.
    TextData,
    /// What is over a MiB is cut off.
    CutData,
    /// The end of a key is cut off.
    ShortKeys,
    /// Lives end a second early.
    RoundedDown,
    /// Lives over 30 days are read as a date in 1970.
    LongIsLongAgo,
    /// A life of nothing is one without an end.
    NothingIsForever,
    /// The index keeps the first principal.
    FirstPrincipal,
    /// Principals are compared without case, as some collations do.
    CaselessPrincipals,
    /// The index is declared, and is not there.
    NoIndex,
    /// `purge_expired` ignores its limit.
    UnboundedPurge,
    /// `purge_expired` counts what it looked at.
    MiscountedPurge,
    /// Anybody can release a lock.
    AnybodyUnlocks,
    /// Leases never end.
    EndlessLease,
    /// `lock` does not wait.
    ImpatientLock,
    /// An outage looks as if there was no record.
    OutageIsAbsence,
}
