package dev.dualprocess.spi;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What people are told of something that a plug-in's class threw: a clause of one line. */
final class Failure {
  private static final Pattern CLASS = Pattern.compile("[\\w$]+(/[\\w$]+)*");
  private static final Pattern VERSION = Pattern.compile("class file version (\\d+)");
  private static final int VERSION_OF_JAVA_0 = 44;

  private Failure() {}

  /**
   * The clause, such as "cannot be made: IllegalStateException: no licence".
   *
   * @param failed what the class did, such as "cannot be made"
   */
  static String told(String failed, Throwable thrown) {
    if (thrown instanceof ExceptionInInitializerError && thrown.getCause() != null) {
      return told(failed, thrown.getCause());
    }
    String message = firstLine(thrown);
    Matcher version = VERSION.matcher(message);
    if (thrown instanceof UnsupportedClassVersionError && version.find()) {
      int java = Integer.parseInt(version.group(1)) - VERSION_OF_JAVA_0;
      return "was compiled for Java %d, and this is Java %d"
          .formatted(java, Runtime.version().feature());
    }
    if (thrown instanceof NoClassDefFoundError && CLASS.matcher(message).matches()) {
      return "needs the class %s, which is not there".formatted(message.replace('/', '.'));
    }
    String name = thrown.getClass().getSimpleName();
    return "%s: %s".formatted(failed, message.isEmpty() ? name : name + ": " + message);
  }

  private static String firstLine(Throwable thrown) {
    String message = thrown.getMessage();
    return message == null ? "" : message.lines().findFirst().orElse("");
  }
}
