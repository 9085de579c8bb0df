package dev.dualprocess.cli;

import com.google.common.base.Throwables;
import dev.dualprocess.cli.console.MaskedStream;
import dev.dualprocess.config.Secrets;
import dev.dualprocess.config.UserPath;
import dev.dualprocess.spi.LeftOut;
import dev.dualprocess.spi.PluginClassLoader;
import dev.dualprocess.tensor.Natives;
import dev.dualprocess.tensor.OutOfMemoryException;
import dev.dualprocess.tensor.Torch;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The command line {@code dualprocess} and its subcommands. Exit codes: 0 done, 1 failed, 2 wrong
 * usage, 130 interrupted after saving.
 */
@Command(
    name = "dualprocess",
    mixinStandardHelpOptions = true,
    versionProvider = ProgramVersion.class,
    description =
        "Teaches an image generator a control by asking a vision-language model a question.",
    subcommands = {
      DemoCommand.class,
      StudioCommand.class,
      DistillCommand.class,
      BulkCommand.class,
      ResumeCommand.class,
      LatentsCommand.class,
      CompareLatentsCommand.class,
      EvaluateCommand.class,
      AuditCommand.class,
      GenerateCommand.class,
      LoraCommand.class,
      RateCommand.class,
      ProbeCommand.class,
      SuggestCommand.class,
      BenchCommand.class,
      ModelsCommand.class,
      DoctorCommand.class,
      TrainTinyCommand.class
    })
public final class DualProcess implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an error.")
  private boolean verbose;

  @Mixin private PluginOptions plugins;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Runs the program and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.setErr(new MaskedStream(System.err)); // for what libraries log
    Natives.skipDestructorsAtExit();
    System.exit(execute(commandLine(), args));
  }

  /** Runs the command; also what the JVM itself cannot do is told in one line. */
  private static int execute(CommandLine command, String[] args) {
    try {
      return command.execute(args);
    } catch (OutOfMemoryError e) {
      tell(command.getErr(), OutOfMemoryException.of(e).getMessage());
    } catch (StackOverflowError e) {
      tell(command.getErr(), Told.of(e, command.getCommandName()));
    } catch (LinkageError e) {
      tell(command.getErr(), "the native libraries cannot be loaded: " + Torch.message(e));
    }
    return ExitCode.SOFTWARE;
  }

  /** The program as an object, for tests and for embedding. */
  public static CommandLine commandLine() {
    DualProcess program = new DualProcess();
    return reading(program)
        .setExecutionStrategy(program::withPlugins)
        .setParameterExceptionHandler(DualProcess::wrongUsage)
        .setExecutionExceptionHandler(program::failed);
  }

  /** Reads a command's options, as all are read here. */
  static CommandLine reading(Object command) {
    return new CommandLine(command)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Path.class, DualProcess::path);
  }

  /** Runs a command in sight of the plug-ins. */
  private int withPlugins(ParseResult parsed) {
    Integer helped = CommandLine.executeHelpRequest(parsed);
    if (helped != null) {
      return helped;
    }
    try (PluginClassLoader loader = plugins.open(parsed, this::warn)) {
      return within(loader, parsed);
    } catch (IOException e) {
      throw new ExecutionException(spec.commandLine(), "plug-ins", e);
    }
  }

  private int within(PluginClassLoader loader, ParseResult parsed) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return new RunLast().execute(parsed);
    } catch (LinkageError e) {
      String told = loader.explain(e).orElseThrow(() -> e);
      throw new ExecutionException(spec.commandLine(), told, new IllegalStateException(told, e));
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private void warn(LeftOut left) {
    PrintWriter err = spec.commandLine().getErr();
    tell(err, "warning: " + left);
    if (verbose) {
      left.cause().ifPresent(cause -> trace(err, cause));
    }
  }

  private static Path path(String written) {
    if (written.isBlank()) {
      throw new TypeConversionException("the path is empty");
    }
    try {
      return UserPath.of(written);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("'%s' is no path: %s".formatted(written, e.getReason()));
    }
  }

  private static int wrongUsage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    tell(command.getErr(), String.valueOf(e.getMessage()));
    command.getErr().println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return ExitCode.USAGE;
  }

  /** A user's mistake is one line; the stack trace is for those who ask. */
  private int failed(Exception e, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (Torch.isOutOfMemory(e)) {
      tell(err, MemoryOptions.told(e, command.getCommandSpec()));
    } else {
      tell(err, Told.of(e, command.getCommandName()));
    }
    if (verbose) {
      trace(err, e);
    }
    return e instanceof IllegalArgumentException ? ExitCode.USAGE : ExitCode.SOFTWARE;
  }

  private static void tell(PrintWriter err, String message) {
    String line = Secrets.masked(message).lines().findFirst().orElse("failed");
    err.println("dualprocess: " + Told.shortened(line));
    err.flush();
  }

  private static void trace(PrintWriter err, Throwable e) {
    err.print(Secrets.masked(Throwables.getStackTraceAsString(e)));
    err.flush();
  }
}
