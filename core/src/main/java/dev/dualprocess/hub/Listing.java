package dev.dualprocess.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks the hub's API what a repository consists of. */
final class Listing {
  /** What it is called in messages. */
  static final String WHAT = "list of files";

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Pattern NEXT = Pattern.compile("<([^>]*)>\\s*;\\s*rel=\"?next\"?");
  private static final int LONGEST = 64 << 20;
  private static final int MOST_FILES = 100_000;

  private final Transport transport;
  private final HubSettings settings;
  private final Retries retries;
  private final Refusals refusals;
  private final HubId id;
  private final String revision;

  Listing(Transport transport, HubSettings settings, Retries retries, HubId id, String revision) {
    this.transport = transport;
    this.settings = settings;
    this.retries = retries;
    this.id = id;
    this.revision = revision;
    refusals = new Refusals(settings, id, revision);
  }

  /** Everything at the commit that the revision is now. */
  Repo ask() throws IOException {
    String commit = commit();
    return new Repo(id, revision, commit, files(commit));
  }

  private String api() {
    return settings.endpoint() + "/api/models/" + id;
  }

  private String commit() throws IOException {
    URI address = URI.create(api() + "/revision/" + encoded(revision));
    String sha = json(address).body().path("sha").asText();
    if (!sha.matches("[0-9a-f]{40}")) {
      throw new IOException(
          "%s: %s does not answer as the hub does: no commit; see HF_ENDPOINT"
              .formatted(id, settings.endpoint()));
    }
    return sha;
  }

  private List<RepoFile> files(String commit) throws IOException {
    List<RepoFile> files = new ArrayList<>();
    Optional<URI> page =
        Optional.of(URI.create(api() + "/tree/" + commit + "?recursive=true&expand=false"));
    while (page.isPresent()) {
      Page got = json(page.get());
      for (JsonNode entry : got.body()) {
        if (entry.path("type").asText().equals("file")) {
          files.add(file(entry));
        }
      }
      if (files.size() > MOST_FILES || got.body().isEmpty()) {
        break;
      }
      page = got.next();
    }
    return files;
  }

  private RepoFile file(JsonNode entry) throws IOException {
    JsonNode large = entry.path("lfs");
    long size = (large.has("size") ? large : entry).path("size").asLong(-1);
    try {
      return new RepoFile(
          entry.path("path").asText(),
          size,
          entry.path("oid").asText(),
          large.isObject() ? Optional.of(large.path("oid").asText()) : Optional.empty());
    } catch (IllegalArgumentException e) {
      throw new IOException(id + ": the hub's list is refused: " + e.getMessage(), e);
    }
  }

  /** One answer, and the address of what follows it. */
  private record Page(JsonNode body, Optional<URI> next) {}

  private Page json(URI address) throws IOException {
    return retries.run(id.text(), () -> once(address));
  }

  private Page once(URI address) throws IOException {
    CollectedBody body = new CollectedBody(LONGEST);
    Transport.Answer answer =
        refusals.require(transport.get(address, Map.of(), (s, h) -> body), WHAT);
    try {
      JsonNode read = MAPPER.readTree(body.bytes());
      return new Page(read, answer.header("Link").flatMap(link -> next(address, link)));
    } catch (IOException e) {
      String told = settings.endpoint().getHost() + " sends a list that is cut or not JSON";
      throw new PassingException(told, e);
    }
  }

  /** The list goes on at the same place only. */
  private Optional<URI> next(URI here, String link) {
    Matcher found = NEXT.matcher(link);
    if (!found.find()) {
      return Optional.empty();
    }
    URI next = here.resolve(found.group(1));
    boolean same = String.valueOf(next.getAuthority()).equals(here.getAuthority());
    return same && next.getPath().equals(here.getPath()) ? Optional.of(next) : Optional.empty();
  }

  /** As one segment of a path. */
  static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
