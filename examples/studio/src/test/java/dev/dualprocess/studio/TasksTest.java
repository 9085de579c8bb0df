package dev.dualprocess.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.dualprocess.distill.StepReport;
import dev.dualprocess.run.RunListener.Progress;
import dev.dualprocess.studio.jobs.Announcer;
import dev.dualprocess.studio.jobs.JobQueue;
import dev.dualprocess.studio.jobs.Preview;
import dev.dualprocess.studio.work.Tasks;
import dev.dualprocess.studio.work.Workbench;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a page hears of a task, in the order in which it hears it. */
class TasksTest {
  private static final class Heard implements Announcer {
    private final BlockingQueue<Map<String, Object>> told = new LinkedBlockingQueue<>();

    @Override
    public void jobs() {}

    @Override
    public void step(String job, StepReport report) {}

    @Override
    public void preview(String job, Preview preview) {}

    @Override
    public void task(Map<String, Object> task) {
      told.add(task);
    }

    Map<String, Object> next() throws InterruptedException {
      Map<String, Object> task = told.poll(30, TimeUnit.SECONDS);
      return task == null ? Map.of() : task;
    }
  }

  @TempDir private Path runs;
  private final Heard heard = new Heard();
  private Tasks tasks;

  @BeforeEach
  void open() throws IOException {
    Workbench unused =
        new Workbench(ToyStudio.settings(runs, "127.0.0.1"), new JobQueue(runs, heard), heard);
    tasks = new Tasks(unused, heard);
  }

  @Test
  void whatIsFoundIsToldPieceByPiece() throws InterruptedException {
    tasks.beginAside(
        "probe",
        "waiting",
        watcher -> {
          try (Progress bar = watcher.progress("Looking", 2, 0)) {
            watcher.soFar(List.of("one"));
            bar.piece();
            watcher.soFar(List.of("one", "two"));
            bar.piece();
          }
          return "all";
        });
    assertNull(heard.next().get("result"), "it has begun");
    assertNull(heard.next().get("result"), "it looks");
    Map<String, Object> first = heard.next();
    assertEquals(List.of("one"), first.get("result"));
    assertEquals(1, first.get("done"));
    assertEquals("running", first.get("state"));
    Map<String, Object> second = heard.next();
    assertEquals(List.of("one", "two"), second.get("result"));
    Map<String, Object> end = heard.next();
    assertEquals("done", end.get("state"));
    assertEquals("all", end.get("result"));
    assertEquals(end, tasks.task(String.valueOf(end.get("id"))));
  }

  @Test
  void whatWasFoundBeforeAFailureStays() throws InterruptedException {
    tasks.beginAside(
        "probe",
        "waiting",
        watcher -> {
          watcher.soFar("half");
          throw new IOException("the disk is full");
        });
    assertEquals("running", heard.next().get("state"));
    Map<String, Object> end = heard.next();
    assertEquals("failed", end.get("state"));
    assertEquals("half", end.get("result"));
    assertEquals("the disk is full", end.get("error"));
  }
}
