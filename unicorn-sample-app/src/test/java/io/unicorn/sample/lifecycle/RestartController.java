package io.unicorn.sample.lifecycle;

import io.unicorn.sample.SampleApplication;

import org.springframework.boot.ApplicationArguments;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Closes the context and runs the application again in the same process, as Spring
 * Cloud's restart endpoint does.
 */
@RestController
class RestartController {

	private final ConfigurableApplicationContext context;

	private final ApplicationArguments arguments;

	RestartController(ConfigurableApplicationContext context, ApplicationArguments arguments) {
		this.context = context;
		this.arguments = arguments;
	}

	@GetMapping("/restart")
	String restart() {
		Thread thread = new Thread(this::runAgain, "restart");
		thread.setDaemon(false);
		thread.start();
		return "restarting\n";
	}

	private void runAgain() {
		this.context.close();
		SampleApplication.main(this.arguments.getSourceArgs());
	}

}
