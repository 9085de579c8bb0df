package dev.dualprocess.studio.web;

import dev.dualprocess.hub.Hub;
import dev.dualprocess.hub.HubCache;
import dev.dualprocess.hub.HubId;
import dev.dualprocess.hub.HubSettings;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.models.ModelDownload;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.spi.BundledFolders;
import dev.dualprocess.spi.Installed;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.studio.StudioSettings;
import dev.dualprocess.studio.work.MemoryFit;
import dev.dualprocess.studio.work.Needs;
import dev.dualprocess.studio.work.Tasks;
import dev.dualprocess.tensor.Torch;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Models that are here, and those that the hub has. */
final class ModelRoutes implements StudioServer.Routes {
  private static final int RANK = 16; // of the published runs

  private final Tasks tasks;
  private final StudioSettings settings;
  private final MemoryFit memory;

  ModelRoutes(Tasks tasks, StudioSettings settings, MemoryFit memory) {
    this.tasks = tasks;
    this.settings = settings;
    this.memory = memory;
  }

  @Override
  public void add(JavalinConfig config) {
    config.routes.get("/api/models", this::all);
    config.routes.post("/api/models/get", this::get);
    config.routes.get("/api/fits", this::fits);
  }

  private Needs chosen(Context ctx) {
    String generator = Objects.requireNonNullElse(ctx.queryParam("generator"), "");
    List<String> verifiers = ctx.queryParams("verifier");
    return Needs.both(
        generator.isBlank() ? settings.generator() : generator,
        verifiers.isEmpty() ? settings.verifiers() : verifiers);
  }

  /** Whether the chosen models can be taught with at that size and rank. */
  private void fits(Context ctx) throws IOException {
    boolean sized = ctx.queryParam("width") != null;
    Optional<ImageSize> size =
        sized
            ? Optional.of(new ImageSize(number(ctx, "height"), number(ctx, "width")))
            : Optional.empty();
    Answer.json(ctx, memory.of(chosen(ctx), size, number(ctx, "rank")));
  }

  /** All models, each judged with those that are chosen for the other part. */
  private void all(Context ctx) throws IOException {
    Needs chosen = chosen(ctx);
    List<Map<String, Object>> rows = all();
    for (Map<String, Object> row : rows) {
      String id = String.valueOf(row.get("id"));
      Needs pair =
          "generator".equals(row.get("kind"))
              ? Needs.both(id, chosen.verifiers())
              : Needs.both(chosen.generator().orElseThrow(), List.of(id));
      row.put("fits", row.get("bytes") == null ? "" : judged(pair));
    }
    Answer.json(ctx, Map.of("models", rows));
  }

  private String judged(Needs pair) {
    try {
      return memory.of(pair, Optional.empty(), RANK).text();
    } catch (IOException | RuntimeException e) {
      return Torch.message(e);
    }
  }

  private static int number(Context ctx, String name) {
    return ctx.queryParamAsClass(name, Integer.class).get();
  }

  /** Bundled ones, plug-ins without files, and what is in the hub's cache. */
  static List<Map<String, Object>> all() throws IOException {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Installed<BundledFolders> bundle : BundledFolders.installed().all()) {
      rows.add(
          row(
              bundle.name(),
              "generator",
              "",
              Optional.of(bundle.service().generator()),
              "bundled"));
      rows.add(
          row(bundle.name(), "verifier", "", Optional.of(bundle.service().verifier()), "bundled"));
    }
    addPlugins(rows, Providers.generators());
    addPlugins(rows, Providers.verifiers());
    HubCache cache = HubCache.ofUser();
    for (String id : cache.ids()) {
      Optional<Path> snapshot = cache.snapshot(id);
      if (snapshot.isPresent()) {
        addRead(rows, id, snapshot.get(), Providers.generators());
        addRead(rows, id, snapshot.get(), Providers.verifiers());
      }
    }
    return rows;
  }

  private static void addPlugins(List<Map<String, Object>> rows, Providers<?> providers) {
    for (Installed<?> one : providers.installed()) {
      if (one.plugIn()) {
        rows.add(row(one.name(), providers.kind(), one.name(), Optional.empty(), "plug-in"));
      }
    }
  }

  private static void addRead(
      List<Map<String, Object>> rows, String id, Path snapshot, Providers<?> providers) {
    providers
        .supporting(snapshot)
        .forEach(
            one -> rows.add(row(id, providers.kind(), one.name(), Optional.of(snapshot), "hub")));
  }

  private static Map<String, Object> row(
      String id, String kind, String provider, Optional<Path> folder, String source) {
    @Nullable Long bytes = folder.map(ModelRoutes::bytes).orElse(null);
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("id", id);
    row.put("kind", kind);
    row.put("provider", provider);
    row.put("bytes", bytes);
    row.put("source", source);
    row.put("fits", "");
    return row;
  }

  private static long bytes(Path folder) {
    try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      return all.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException | RuntimeException e) {
      return 0;
    }
  }

  private void get(Context ctx) {
    HubId id = new HubId(Answer.body(ctx).path("id").asText(""));
    ctx.status(202);
    Answer.json(
        ctx, tasks.beginAside("download", "asking the hub", watcher -> download(id, watcher)));
  }

  private static Object download(HubId id, RunListener watcher) throws IOException {
    DownloadProgress progress = new DownloadProgress(watcher);
    ModelDownload found = ModelDownload.of(new Hub(HubSettings.ofUser()), id, "main", progress);
    Path folder = found.download().run(progress);
    return Map.of("id", id.text(), "folder", String.valueOf(folder.getFileName()));
  }
}
