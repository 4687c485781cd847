package io.unicorn.sample;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Shows which worker answered: as a page at {@code /}, as JSON at {@code /whoami}.
 */
@RestController
class WhoAmIController {

	private final ProcessInfo process;

	private final String version;

	private final String page;

	WhoAmIController(ProcessInfo process, SampleProperties properties, @Value("classpath:page.html") Resource page)
			throws IOException {
		this.process = process;
		this.version = properties.version();
		this.page = page.getContentAsString(StandardCharsets.UTF_8);
	}

	@GetMapping("/whoami")
	WhoAmI whoAmI() {
		return new WhoAmI(this.process.pid(), this.process.worker(), this.process.generation(), this.process.leader(),
				this.version);
	}

	@GetMapping("/")
	ResponseEntity<String> page() {
		String html = this.page.replace("{{pid}}", Long.toString(this.process.pid()))
			.replace("{{worker}}", text(this.process.worker()))
			.replace("{{generation}}", text(this.process.generation()))
			.replace("{{leader}}", this.process.leader() ? "yes" : "no");
		return ResponseEntity.ok()
			.contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
			.cacheControl(CacheControl.noStore())
			.body(html);
	}

	private static String text(@Nullable Integer number) {
		return (number != null) ? number.toString() : "none";
	}

	record WhoAmI(long pid, @Nullable Integer worker, @Nullable Integer generation, boolean leader, String version) {
	}

}
