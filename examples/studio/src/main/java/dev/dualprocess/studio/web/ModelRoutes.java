package dev.dualprocess.studio.web;

import dev.dualprocess.hub.Hub;
import dev.dualprocess.hub.HubCache;
import dev.dualprocess.hub.HubId;
import dev.dualprocess.hub.HubSettings;
import dev.dualprocess.models.ModelDownload;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.spi.BundledFolders;
import dev.dualprocess.spi.Installed;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.studio.work.Tasks;
import dev.dualprocess.tensor.FreeMemory;
import dev.dualprocess.tensor.Placement;
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
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Models that are here, and those that the hub has. */
final class ModelRoutes implements StudioServer.Routes {
  private final Tasks tasks;

  ModelRoutes(Tasks tasks) {
    this.tasks = tasks;
  }

  @Override
  public void add(JavalinConfig config) {
    config.routes.get("/api/models", ctx -> Answer.json(ctx, Map.of("models", all())));
    config.routes.post("/api/models/get", this::get);
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
    row.put("fits", bytes == null ? "" : fits(bytes));
    return row;
  }

  /** Of the weights alone, in the form in which they are stored. */
  private static String fits(long bytes) {
    long free = FreeMemory.bytes(Placement.CPU);
    return bytes < free
        ? "fits this machine"
        : "%.0f GB of weights, and %.0f GB of memory are free".formatted(bytes / 1e9, free / 1e9);
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
