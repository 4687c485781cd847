package io.unicorn.sample.session;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

import io.unicorn.boot.PoolWorker;
import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;

/**
 * Reads and writes the session of the client.
 */
@RestController
@RequestMapping("/session")
class SessionController {

	private final ObjectProvider<PoolWorker> worker;

	SessionController(ObjectProvider<PoolWorker> worker) {
		this.worker = worker;
	}

	/** Adds to a list in place, and returns the id of this worker and the size. */
	@GetMapping("/add")
	@SuppressWarnings("unchecked")
	String add(HttpSession session) {
		List<Long> workers = (List<Long>) session.getAttribute("workers");
		if (workers == null) {
			workers = new ArrayList<>();
			session.setAttribute("workers", workers);
		}
		workers.add(this.worker.getObject().id());
		return this.worker.getObject().id() + " " + workers.size();
	}

	@GetMapping("/put")
	String put(HttpSession session, @RequestParam String name) {
		session.setAttribute(name, name);
		return name;
	}

	@GetMapping("/names")
	String names(HttpSession session) {
		return "names: " + String.join(" ", new TreeSet<>(Collections.list(session.getAttributeNames())));
	}

	@GetMapping("/flash")
	RedirectView flash(RedirectAttributes attributes) {
		attributes.addFlashAttribute("message", "saved");
		return new RedirectView("/session/flashed");
	}

	@GetMapping("/flashed")
	String flashed(@ModelAttribute("message") @Nullable String message) {
		return "message: " + message;
	}

	@GetMapping("/invalidate")
	String invalidate(HttpSession session) {
		session.invalidate();
		return "gone";
	}

}
