package dev.dualprocess.hub;

import java.io.IOException;

/**
 * What people are told when the hub does not give something.
 *
 * @param settings whose hub, and whether a token was sent
 * @param id of the model
 * @param revision of it that was asked for
 */
record Refusals(HubSettings settings, HubId id, String revision) {
  /**
   * Passes what has status 200 or 206.
   *
   * @param what was asked for, as people call it
   */
  Transport.Answer require(Transport.Answer answer, String what) throws IOException {
    int status = answer.status();
    if (status != 200 && status != 206) {
      throw new IOException(told(answer, what));
    }
    return answer;
  }

  private String told(Transport.Answer answer, String what) {
    String code = answer.header("X-Error-Code").orElse("");
    int status = answer.status();
    if (code.equals("GatedRepo")) {
      return gated();
    }
    if (code.equals("RevisionNotFound")) {
      return "%s has no revision '%s': see %s/tree/main".formatted(id, revision, page());
    }
    if (code.equals("EntryNotFound") || (status == 404 && code.isEmpty() && ofAFile(what))) {
      return "%s has no %s at revision '%s'".formatted(id, what, revision);
    }
    if (code.equals("RepoNotFound") || status == 404 || status == 401) {
      return unknown(status);
    }
    if (status == 403) {
      return "%s: access denied: see %s; the token in HF_TOKEN must be allowed to read it"
          .formatted(id, page());
    }
    return "%s: %s answers %d for %s".formatted(id, answer.asked().getHost(), status, what);
  }

  /** The list of files came before, so the model is there. */
  private static boolean ofAFile(String what) {
    return !what.equals(Listing.WHAT);
  }

  private String gated() {
    return settings.token().isPresent()
        ? "%s is gated, and the owner of the token in HF_TOKEN has no access yet: ask for it at %s"
            .formatted(id, page())
        : "%s is gated: ask for access at %s, then set HF_TOKEN to a token of yours"
            .formatted(id, page());
  }

  private String unknown(int status) {
    String token =
        settings.token().isEmpty()
            ? "set HF_TOKEN if it is private"
            : "the token in HF_TOKEN " + (status == 401 ? "is not accepted" : "does not show it");
    return "%s: the hub has no such model, or it is private: see %s; %s"
        .formatted(id, page(), token);
  }

  private String page() {
    return settings.page(id).toString();
  }
}
