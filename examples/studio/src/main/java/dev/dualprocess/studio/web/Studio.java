package dev.dualprocess.studio.web;

import dev.dualprocess.studio.StudioSettings;
import dev.dualprocess.studio.jobs.JobQueue;
import dev.dualprocess.studio.pictures.Drawings;
import dev.dualprocess.studio.pictures.PictureCache;
import dev.dualprocess.studio.work.MemoryFit;
import dev.dualprocess.studio.work.Tasks;
import dev.dualprocess.studio.work.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The studio: its server, its queue of jobs and the thread that works. Jobs that a studio before it
 * was at go on by themselves. Thread-safe.
 *
 * <pre>{@code
 * try (Studio studio = Studio.start(settings)) {
 *   System.out.println("Open " + studio.address());
 *   Thread.sleep(Long.MAX_VALUE);
 * }
 * }</pre>
 */
public final class Studio implements AutoCloseable {
  private final EventStream events = new EventStream();
  private final Workbench workbench;
  private final StudioServer server;
  private final String address;

  private Studio(StudioSettings settings) throws IOException {
    Path runs = Files.createDirectories(settings.runs()).toRealPath();
    Path kept = runs.resolve(".studio");
    JobQueue queue = new JobQueue(runs, events);
    this.workbench = new Workbench(settings, queue, events);
    Drawings drawings = Drawings.in(kept.resolve("paintings"));
    MemoryFit memory = new MemoryFit(settings, workbench::open);
    PictureCache pictures = new PictureCache(kept.resolve("pictures"), queue, workbench, memory);
    Tasks tasks = new Tasks(workbench, events);
    JobView view = new JobView(queue, workbench.runner());
    StateRoutes state = new StateRoutes(settings, workbench, view, drawings, events);
    this.server =
        new StudioServer(
            settings.host(),
            List.of(
                state,
                new JobRoutes(queue, workbench.runner(), view, drawings),
                new FileRoutes(queue),
                new PictureRoutes(pictures, drawings, settings.generator()),
                new TaskRoutes(
                    tasks, queue, drawings, kept.resolve("probes"), settings.assistant()),
                new ModelRoutes(tasks, settings, memory)));
    this.address = server.start(settings.port());
    events.start(view::all, view::running);
    workbench.start();
    state.open();
  }

  /**
   * Starts it.
   *
   * @throws IOException in one line, if the folder cannot be written or the port is taken
   */
  public static Studio start(StudioSettings settings) throws IOException {
    return new Studio(settings);
  }

  /** What to open in a browser. */
  public String address() {
    return address;
  }

  /**
   * Ends: the running job finishes its step, is evaluated and saved, and goes on when a studio is
   * started here again.
   */
  @Override
  public void close() {
    server.close();
    workbench.close();
    events.close();
  }
}
