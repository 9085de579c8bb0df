package dev.dualprocess.soak;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.Method;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector.Argument;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.connect.ListeningConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import java.io.IOException;
import java.util.Map;

/** Sees, as a debugger, when another JVM is about to give a file its name by {@code Files.move}. */
final class Renames implements AutoCloseable {
  private static final long WAIT = 1000;

  private final ListeningConnector connector;
  private final Map<String, Argument> arguments;
  private final String address;

  Renames() throws IOException {
    connector =
        Bootstrap.virtualMachineManager().listeningConnectors().stream()
            .filter(one -> one.name().equals("com.sun.jdi.SocketListen"))
            .findFirst()
            .orElseThrow();
    arguments = connector.defaultArguments();
    arguments.get("localAddress").setValue("127.0.0.1");
    try {
      address = connector.startListening(arguments);
    } catch (IllegalConnectorArgumentsException e) {
      throw new IOException(e);
    }
  }

  /** With which a JVM lets itself be seen. */
  String option() {
    return "-agentlib:jdwp=transport=dt_socket,suspend=y,address=" + address;
  }

  /**
   * Lets a process run that was started with {@link #option}, until it is about to rename a file;
   * there it stands still.
   *
   * @param before how many it may rename before
   * @return whether it came so far
   */
  boolean await(int before) throws IOException, InterruptedException {
    try {
      VirtualMachine seen = connector.accept(arguments);
      stopAtMoves(seen);
      for (int met = 0; ; ) {
        EventSet events = seen.eventQueue().remove(WAIT);
        if (events == null) {
          continue;
        }
        for (Event event : events) {
          met += event instanceof BreakpointEvent ? 1 : 0;
        }
        if (met > before) {
          return true;
        }
        events.resume();
      }
    } catch (VMDisconnectedException e) {
      return false;
    } catch (IllegalConnectorArgumentsException e) {
      throw new IOException(e);
    }
  }

  private static void stopAtMoves(VirtualMachine seen) {
    for (ReferenceType files : seen.classesByName("java.nio.file.Files")) {
      for (Method move : files.methodsByName("move")) {
        seen.eventRequestManager().createBreakpointRequest(move.location()).enable();
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      connector.stopListening(arguments);
    } catch (IllegalConnectorArgumentsException e) {
      throw new IOException(e);
    }
  }
}
