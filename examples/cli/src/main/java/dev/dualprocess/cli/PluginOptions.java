package dev.dualprocess.cli;

import dev.dualprocess.config.UserPath;
import dev.dualprocess.spi.LeftOut;
import dev.dualprocess.spi.Origin;
import dev.dualprocess.spi.PluginClassLoader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * Where plug-ins are taken from, in this order: {@code --plugins}, the variable {@code
 * DUALPROCESS_PLUGINS}, the folder {@code plugins} beside the launcher.
 */
final class PluginOptions {
  private static final String OPTION = "--plugins";
  private static final String VARIABLE = "DUALPROCESS_PLUGINS";

  /** The system property by which the launcher names its folder, which need not be there. */
  private static final String FOLDER = "dualprocess.plugins";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = OPTION,
      scope = ScopeType.INHERIT,
      paramLabel = "DIR|JAR",
      description =
          "Plug-ins: a jar, a folder of jars, or several as in a class path; may be repeated."
              + " Others come from the variable "
              + VARIABLE
              + " and the folder 'plugins' beside the launcher.")
  @SuppressWarnings("unused") // it has what was parsed last: before or after the subcommand
  private List<String> given = List.of();

  /**
   * The plug-ins; the caller closes their class loader.
   *
   * @param parsed the whole command line
   * @param warnings is told of what is left out
   * @throws ParameterException if a path does not exist
   */
  PluginClassLoader open(ParseResult parsed, Consumer<LeftOut> warnings) throws IOException {
    List<Path> paths = new ArrayList<>();
    for (String value : given(parsed)) {
      paths.addAll(named(OPTION, value, warnings));
    }
    Optional<String> variable = Optional.ofNullable(System.getenv(VARIABLE));
    variable.ifPresent(value -> paths.addAll(named(VARIABLE, value, warnings)));
    Optional<String> folder = Optional.ofNullable(System.getProperty(FOLDER));
    folder.map(Path::of).filter(Files::isDirectory).ifPresent(paths::add);
    return PluginClassLoader.of(paths, PluginOptions.class.getClassLoader(), warnings);
  }

  /** What stands before and what stands after the subcommand. */
  static List<String> given(ParseResult parsed) {
    return parsed.asCommandLineList().stream()
        .flatMap(command -> Stream.ofNullable(command.getParseResult().matchedOption(OPTION)))
        .flatMap(option -> option.originalStringValues().stream())
        .toList();
  }

  /** The paths that a value names; one that names nothing at all to look for is a mistake. */
  private List<Path> named(String by, String value, Consumer<LeftOut> warnings) {
    List<LeftOut> broken = new ArrayList<>();
    try {
      List<Path> paths =
          Stream.of(value.split(Pattern.quote(File.pathSeparator)))
              .filter(path -> !path.isBlank())
              .map(UserPath::of)
              .toList();
      try (PluginClassLoader alone =
          PluginClassLoader.of(paths, ClassLoader.getPlatformClassLoader(), broken::add)) {
        if (!paths.isEmpty() && broken.isEmpty() && !alone.namesProviders()) {
          warnings.accept(nothingIn(value));
        }
      }
      return paths;
    } catch (IOException | InvalidPathException e) {
      throw new ParameterException(command.commandLine(), by + ": " + e.getMessage(), e);
    }
  }

  private static LeftOut nothingIn(String value) {
    String why =
        "has no META-INF/services/dev.dualprocess.spi.VerifierProvider or GeneratorProvider";
    return new LeftOut(new Origin(value), "it", why, Optional.empty());
  }
}
