package io.unicorn.worker;

import java.lang.reflect.Proxy;
import java.util.function.BooleanSupplier;

/**
 * Handles TERM before the JVM does, so that a worker serves on while its master is asked,
 * with a context that is not closed and without shutdown hooks. Uses
 * {@code sun.misc.Signal} by reflection, because a JDK may lack its module, and the
 * compiler warns of it.
 */
final class TermSignal {

	private TermSignal() {
	}

	/**
	 * Pass TERM on to the handler that was there before, that of the JVM or of the
	 * application, only if a question is answered with {@code false}. Changes nothing
	 * where signals cannot be handled, as with {@code -Xrs}.
	 * @param question asked at each signal, on a thread of its own
	 */
	static void ask(BooleanSupplier question) {
		try {
			Class<?> type = Class.forName("sun.misc.Signal");
			Class<?> handler = Class.forName("sun.misc.SignalHandler");
			Object term = type.getConstructor(String.class).newInstance("TERM");
			Object[] before = new Object[1];
			Object ours = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] { handler },
					(proxy, method, arguments) -> {
						boolean signal = method.getDeclaringClass() == handler;
						if (signal && question.getAsBoolean()) {
							return null;
						}
						return method.invoke(signal ? before[0] : before, arguments);
					});
			before[0] = type.getMethod("handle", type, handler).invoke(null, term, ours);
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			// TERM stays with the JVM: the worker drains, and its master starts another.
		}
	}

}
