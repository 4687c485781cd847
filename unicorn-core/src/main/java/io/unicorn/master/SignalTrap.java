package io.unicorn.master;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Consumer;

/**
 * Turns signals to this process into calls. {@code sun.misc.Signal} is the JDK's own way,
 * in a module that every JDK has ({@code jdk.unsupported}). It is used by reflection,
 * because the compiler warns of it in a way that cannot be switched off. SIGQUIT stays
 * with the JVM, which prints its threads.
 */
final class SignalTrap {

	private static final List<ProcessSignal> TRAPPED = List.of(ProcessSignal.TERM, ProcessSignal.INT, ProcessSignal.HUP,
			ProcessSignal.TTIN, ProcessSignal.TTOU, ProcessSignal.USR1, ProcessSignal.USR2, ProcessSignal.WINCH);

	private SignalTrap() {
	}

	/**
	 * Report every signal that the master understands, instead of what it does by
	 * default. Calls come from a thread of the JVM.
	 */
	static void install(Consumer<ProcessSignal> receiver, LogQueue log) {
		try {
			Class<?> signalType = Class.forName("sun.misc.Signal");
			Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
			Method handle = signalType.getMethod("handle", signalType, handlerType);
			for (ProcessSignal signal : TRAPPED) {
				InvocationHandler call = (proxy, method, arguments) -> {
					receiver.accept(signal);
					return null;
				};
				Object handler = Proxy.newProxyInstance(SignalTrap.class.getClassLoader(),
						new Class<?>[] { handlerType }, call);
				trap(signal, signalType, handle, handler, log);
			}
		}
		catch (ReflectiveOperationException ex) {
			log.fault("signals cannot be handled, the master stops in the JVM's own way", ex);
		}
	}

	private static void trap(ProcessSignal signal, Class<?> signalType, Method handle, Object handler, LogQueue log)
			throws ReflectiveOperationException {
		try {
			handle.invoke(null, signalType.getConstructor(String.class).newInstance(signal.name()), handler);
		}
		catch (InvocationTargetException ex) {
			// A JVM that was started with -Xrs, or that uses the signal itself.
			log.write(Effect.Level.WARN, "SIG" + signal.name() + " cannot be handled: " + ex.getCause());
		}
	}

}
