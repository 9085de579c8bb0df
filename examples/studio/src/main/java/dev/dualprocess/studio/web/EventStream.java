package dev.dualprocess.studio.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.config.JsonOutput;
import dev.dualprocess.distill.StepReport;
import dev.dualprocess.studio.jobs.Announcer;
import dev.dualprocess.studio.jobs.Preview;
import dev.dualprocess.studio.jobs.Reports;
import io.javalin.http.sse.SseClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens, to every open page. However fast it happens, a page hears of it a few times a
 * second: steps are gathered and told with the job that takes them; the list of jobs is put
 * together only when it has changed, and told as it then is. Thread-safe.
 */
final class EventStream implements Announcer, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
  private static final ObjectMapper MAPPER = JsonOutput.mapper();
  private static final int EVERY_MILLIS = 200;
  private static final int SELDOM = 5; // beats: 1 s
  private static final int HEARTBEAT = 75; // beats: 15 s

  private final List<SseClient> clients = new CopyOnWriteArrayList<>();
  private final Map<String, Reports> steps = new LinkedHashMap<>();
  private final Map<Object, Map<String, Object>> tasks = new LinkedHashMap<>();
  private final List<Map<String, Object>> previews = new CopyOnWriteArrayList<>();
  private final Set<String> changed = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "studio-events");
            thread.setDaemon(true);
            return thread;
          });
  private volatile @Nullable Supplier<List<Map<String, Object>>> jobs;
  private volatile @Nullable Supplier<Optional<Map<String, Object>>> running;
  private int beats;

  /**
   * Begins to tell.
   *
   * @param list all jobs, asked for when they have changed
   * @param live the one that is being run, asked for when it has taken a step
   */
  void start(
      Supplier<List<Map<String, Object>>> list, Supplier<Optional<Map<String, Object>>> live) {
    jobs = list;
    running = live;
    Future<?> unused =
        clock.scheduleWithFixedDelay(this::beat, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** A page that listens from now on. */
  void add(SseClient client) {
    client.keepAlive();
    client.onClose(() -> clients.remove(client));
    client.sendEvent("hello", "{}");
    clients.add(client);
    jobs();
  }

  @Override
  public void jobs() {
    changed.add("jobs");
  }

  @Override
  public void step(String job, StepReport report) {
    synchronized (steps) {
      steps.computeIfAbsent(job, name -> new Reports()).add(report);
    }
  }

  @Override
  public void preview(String job, Preview preview) {
    previews.add(Map.of("job", job, "preview", JobView.preview(job, preview)));
  }

  @Override
  public void task(Map<String, Object> task) {
    synchronized (tasks) {
      tasks.put(task.get("id"), task);
    }
  }

  private void beat() {
    try {
      beats++;
      if (!clients.isEmpty()) {
        tell("preview", taken(previews));
        tell("task", taken(tasks));
        if (beats % SELDOM == 0) {
          tellJobs(tellSteps());
        }
        if (beats % HEARTBEAT == 0) {
          clients.forEach(client -> client.sendComment("still here"));
        }
      } else {
        forget();
      }
    } catch (RuntimeException e) {
      LOG.warn("events: {}", String.valueOf(e.getMessage()), e);
    }
  }

  /** A page that opens later reads all of it from the jobs themselves. */
  private void forget() {
    synchronized (steps) {
      steps.clear();
    }
    taken(previews);
    taken(tasks);
  }

  private void tellJobs(boolean stepped) {
    if (changed.remove("jobs")) {
      tell("jobs", List.of(Objects.requireNonNull(jobs).get()));
    } else if (stepped) {
      tell("phase", Objects.requireNonNull(running).get().stream().toList());
    }
  }

  /** Whether there were any. */
  private boolean tellSteps() {
    Map<String, Reports> taken;
    synchronized (steps) {
      taken = new LinkedHashMap<>(steps);
      steps.clear();
    }
    taken.forEach(
        (job, reports) -> tell("steps", List.of(Map.of("job", job, "reports", reports.toMap()))));
    return !taken.isEmpty();
  }

  private static List<Map<String, Object>> taken(List<Map<String, Object>> from) {
    List<Map<String, Object>> all = List.copyOf(from);
    from.removeAll(all);
    return all;
  }

  private static List<Map<String, Object>> taken(Map<Object, Map<String, Object>> from) {
    synchronized (from) {
      List<Map<String, Object>> all = List.copyOf(from.values());
      from.clear();
      return all;
    }
  }

  private void tell(String event, List<?> contents) {
    for (Object content : contents) {
      try {
        String json = MAPPER.writeValueAsString(content);
        clients.forEach(client -> client.sendEvent(event, json));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    clients.forEach(SseClient::close);
  }
}
