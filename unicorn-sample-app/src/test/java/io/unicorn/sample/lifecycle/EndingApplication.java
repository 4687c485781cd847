package io.unicorn.sample.lifecycle;

import java.util.Locale;

import io.unicorn.sample.SampleApplication;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The sample with a main class that ends the process of its own accord, as the argument
 * {@code --end} says. Prints a line each time that it has done its job.
 */
public final class EndingApplication {

	/** What it prints. */
	static final String DONE = "the job is done";

	private static final int CODE = 7;

	private EndingApplication() {
	}

	/** How the process ends. */
	enum End {

		/** In a runner. */
		RUNNER,

		/** After {@code SpringApplication.run}, which takes a while. */
		MAIN,

		/** In a thread of its own, when the application is ready. */
		THREAD,

		/** By an exception that has an exit code. */
		EXCEPTION;

		/** Return the argument that says so. */
		String argument() {
			return "--end=" + name().toLowerCase(Locale.ROOT);
		}

	}

	/** An exception with an exit code. */
	static final class Failure extends RuntimeException implements ExitCodeGenerator {

		private static final long serialVersionUID = 1;

		@Override
		public int getExitCode() {
			return CODE;
		}

	}

	/**
	 * Start the application.
	 * @param args the program arguments
	 */
	public static void main(String[] args) throws InterruptedException {
		SpringApplication application = new SpringApplication(SampleApplication.class);
		application.addInitializers(EndingApplication::addRunner);
		ConfigurableApplicationContext context = application.run(args);
		if (isWanted(context, End.MAIN)) {
			Thread.sleep(6000);
			end(context);
		}
		if (isWanted(context, End.THREAD)) {
			new Thread(() -> end(context)).start();
		}
	}

	private static boolean isWanted(ApplicationContext context, End end) {
		@Nullable String value = context.getEnvironment().getProperty("end");
		return end.name().equalsIgnoreCase(value);
	}

	private static void addRunner(ConfigurableApplicationContext context) {
		ApplicationRunner runner = (args) -> {
			if (isWanted(context, End.EXCEPTION)) {
				throw new Failure();
			}
			if (isWanted(context, End.RUNNER)) {
				end(context);
			}
		};
		context.getBeanFactory().registerSingleton("endingRunner", runner);
	}

	private static void end(ApplicationContext context) {
		System.out.println(DONE);
		System.exit(SpringApplication.exit(context, () -> CODE));
	}

}
