package io.unicorn.boot.bootstrap.files;

import java.io.File;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerPortFileWriter;

import static org.assertj.core.api.Assertions.assertThat;

class PortFileWritersTests {

	private final SpringApplication application = new SpringApplication();

	private final PortFileWriters writers = new PortFileWriters(this.application);

	@Test
	void thePoolHasAFileForEachServer() {
		this.application.addListeners(new WebServerPortFileWriter("run/app.port"));
		assertThat(this.writers.files()).isEqualTo(Map.of("http", new File("run/app.port").getAbsolutePath(),
				"management", new File("run/app-management.port").getAbsolutePath()));
	}

	@Test
	void aWorkerHasNoWriter() {
		int before = this.application.getListeners().size();
		this.application.addListeners(new WebServerPortFileWriter());
		this.writers.remove();
		assertThat(this.application.getListeners()).hasSize(before);
		assertThat(this.writers.files()).isEmpty();
	}

}
