package io.unicorn.boot.bootstrap;

import io.unicorn.boot.autoconfigure.InvalidUnicornPropertyException;
import io.unicorn.boot.bootstrap.addresses.WebAddresses;
import io.unicorn.launch.workdir.UnsafeWorkDirException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Handles what prevents a pool: the application starts in this one process, and a log
 * line gives the reason. Only what is wrong in the configuration, or would prevent the
 * start of one process as well, ends the start.
 */
final class StartFailure {

	private static final Log logger = LogFactory.getLog(PoolRunListener.class);

	private StartFailure() {
	}

	/**
	 * Log the failure of a start, so that the application starts in this one process.
	 * @param step the step that has failed
	 * @throws RuntimeException the failure itself, if it ends the start, or another one
	 * if one process cannot serve in place of the pool
	 */
	static void handle(Throwable failure, StartStep step, ConfigurableEnvironment environment) {
		if (failure instanceof InternalError broken) {
			throw broken;
		}
		if (failure instanceof RuntimeException fault && endsStart(fault)) {
			throw fault;
		}
		logger.debug("The pool was not started", failure);
		new OneProcess(environment).replacePool(reason(failure, step));
	}

	private static boolean endsStart(RuntimeException failure) {
		return failure instanceof InvalidUnicornPropertyException || failure instanceof BindException
				|| failure instanceof PortInUseException || failure instanceof WebAddresses.ListenFailedException
				|| (failure instanceof PoolStartException && failure.getCause() instanceof UnsafeWorkDirException);
	}

	private static String reason(Throwable failure, StartStep step) {
		String module = MissingModule.of(failure);
		if (module != null) {
			return "this Java runtime lacks the module " + module
					+ ", add it where the runtime is made (jlink --add-modules)";
		}
		if (failure instanceof PoolStartException known) {
			return known.getMessage() + ". " + withoutStop(known.getAdvice());
		}
		return step.problem() + ": " + PoolStartException.reason(failure)
				+ ". If you want no pool, set unicorn.enabled=false";
	}

	private static String withoutStop(String sentence) {
		return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
	}

}
