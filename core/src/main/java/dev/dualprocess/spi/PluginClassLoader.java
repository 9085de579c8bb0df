package dev.dualprocess.spi;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads plug-ins that are not on the class path: jars, and folders of jars. A folder that has a
 * {@code META-INF/services} itself is one of classes too. What comes first hides what comes later;
 * the program's own classes hide both.
 *
 * <p>{@link Providers} and {@link dev.dualprocess.models.ModelSource} take it as an argument, or
 * find it as the thread's context class loader. Models of its plug-ins need it open.
 */
public final class PluginClassLoader extends URLClassLoader {
  private static final Logger LOG = LoggerFactory.getLogger(PluginClassLoader.class);
  private static final String JAR = ".jar";
  private static final List<Class<?>> KINDS =
      List.of(VerifierProvider.class, GeneratorProvider.class, BundledFolders.class);

  /** Whose method an {@link AbstractMethodError} misses. */
  private static final Pattern RECEIVER = Pattern.compile("^Receiver class ([\\w.$]+) ");

  static {
    registerAsParallelCapable();
  }

  private final Consumer<LeftOut> listener;
  private final Set<String> told = new LinkedHashSet<>();
  private final List<LeftOut> leftOut = new ArrayList<>();

  private PluginClassLoader(ClassLoader parent, Consumer<LeftOut> listener) {
    super("plug-ins", new URL[0], parent);
    this.listener = listener;
  }

  /**
   * Plug-ins that see what the thread's plug-ins see; of those that are left out the log tells.
   *
   * @throws IOException in one line, if a path does not exist
   */
  public static PluginClassLoader of(Collection<Path> paths) throws IOException {
    return of(paths, ofThread(), PluginClassLoader::log);
  }

  /**
   * Plug-ins that see what {@code parent} sees.
   *
   * @param paths jars, and folders of jars or of classes
   * @param listener is told once of each plug-in and provider that is left out
   * @throws IOException in one line, if a path does not exist
   */
  public static PluginClassLoader of(
      Collection<Path> paths, ClassLoader parent, Consumer<LeftOut> listener) throws IOException {
    PluginClassLoader loader = new PluginClassLoader(parent, listener);
    for (Path path : paths) {
      loader.add(path.toAbsolutePath().normalize());
    }
    return loader;
  }

  /**
   * Where providers are looked for unless a class loader is named: the thread's context class
   * loader, which in most containers is that of the application and its plug-ins. Where that does
   * not see this library, as on threads of a pool that the JVM made, the library's own.
   */
  static ClassLoader ofThread() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return sees(context) ? context : Providers.class.getClassLoader();
  }

  private static boolean sees(@Nullable ClassLoader loader) {
    try {
      return loader != null
          && Class.forName(Providers.class.getName(), false, loader) == Providers.class;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  private void add(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      if (Files.isDirectory(path.resolve("META-INF/services"))) {
        addURL(path.toUri().toURL());
      }
      for (Path jar : jars(path)) {
        addJar(jar);
      }
    } else if (Files.exists(path)) {
      addJar(path);
    } else {
      throw new NoSuchFileException(path + ": no such jar or folder of plug-ins");
    }
  }

  private static List<Path> jars(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(JAR)).sorted().toList();
    } catch (AccessDeniedException e) {
      throw new IOException(folder + ": this folder of plug-ins cannot be read", e);
    }
  }

  private void addJar(Path path) throws IOException {
    if (!Files.isRegularFile(path)) { // a pipe would never end
      leaveOut(new LeftOut(new Origin(path.toString()), "it", "is no file", Optional.empty()));
      return;
    }
    try (JarFile jar = new JarFile(path.toFile())) {
      addURL(path.toUri().toURL());
    } catch (IOException e) {
      String why = "is no jar that can be read (%s)".formatted(e.getMessage());
      leaveOut(new LeftOut(new Origin(path.toString()), "it", why, Optional.of(e)));
    }
  }

  /** Whether it has a services file for anything that could be found. */
  public boolean namesProviders() throws IOException {
    for (Class<?> kind : KINDS) {
      if (findResources(ServicesFile.name(kind)).hasMoreElements()) {
        return true;
      }
    }
    return false;
  }

  /**
   * What people are told of classes that do not fit each other, if it is a plug-in's they came
   * upon: one that was compiled against another version of this library, or lacks what it needs.
   */
  public Optional<String> explain(LinkageError thrown) {
    return culprit(thrown)
        .map(
            type ->
                "plug-in %s: %s %s"
                    .formatted(
                        Origin.of(type),
                        type.getName(),
                        Failure.told("does not fit this program", thrown)));
  }

  private Optional<Class<?>> culprit(LinkageError thrown) {
    Matcher receiver = RECEIVER.matcher(String.valueOf(thrown.getMessage()));
    if (receiver.find()) {
      return Optional.ofNullable(findLoadedClass(receiver.group(1)));
    }
    return Stream.of(thrown.getStackTrace())
        .filter(frame -> frame.getClassLoaderName() != null) // the JDK's own have none
        .findFirst()
        .map(frame -> findLoadedClass(frame.getClassName()));
  }

  /** What has been left out so far. */
  public synchronized List<LeftOut> leftOut() {
    return List.copyOf(leftOut);
  }

  /** Tells who made the class loader, or the log, of something that is left out. */
  static void tell(ClassLoader loader, LeftOut left) {
    if (loader instanceof PluginClassLoader plugins) {
      plugins.leaveOut(left);
    } else {
      log(left);
    }
  }

  private static void log(LeftOut left) {
    LOG.warn("{}", left);
    left.cause().ifPresent(cause -> LOG.debug("{}", left.origin(), cause));
  }

  private void leaveOut(LeftOut left) {
    synchronized (this) {
      if (!told.add(left.origin() + " " + left.what())) {
        return;
      }
      leftOut.add(left);
    }
    listener.accept(left);
  }
}
