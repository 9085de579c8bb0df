package dev.dualprocess.cli;

import dev.dualprocess.cli.bulk.Job;
import dev.dualprocess.cli.bulk.JobsFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/**
 * Reads a job's options as {@code distill} does.
 *
 * @param device for models of which a job does not say where
 * @param threads for jobs that do not say how many
 */
public record JobReading(String device, int threads) {
  /**
   * All jobs of a file, each judged, those of the same models one after the other.
   *
   * @throws IOException in one line that names the place, if one is refused
   */
  public List<Job> read(JobsFile file) throws IOException {
    return file.read(
        DualProcess.reading(new DistillCommand()).getCommandSpec(),
        args -> asked(args).chosen().key());
  }

  /** Judges a job before anything is opened. */
  DistillCommand.Asked asked(List<String> args) throws IOException {
    List<String> all = new ArrayList<>(args);
    all.add("--out=.");
    return command(all).asked();
  }

  /** A job's command, which goes on in that folder. */
  DistillCommand command(List<String> args, String out) {
    List<String> all = new ArrayList<>(args);
    all.addAll(List.of("--out=" + out, "--resume"));
    return command(all);
  }

  private DistillCommand command(List<String> args) {
    List<String> all = new ArrayList<>();
    addUnlessGiven(all, args, "--generator-device", device);
    addUnlessGiven(all, args, "--verifier-device", device);
    addUnlessGiven(all, args, "--threads", Integer.toString(threads));
    all.addAll(args);
    CommandLine command = DualProcess.reading(new DistillCommand());
    command.parseArgs(all.toArray(new String[0]));
    return command.getCommand();
  }

  private static void addUnlessGiven(
      List<String> all, List<String> args, String option, String value) {
    if (args.stream().noneMatch(arg -> arg.startsWith(option + "="))) {
      all.add(option + "=" + value);
    }
  }
}
