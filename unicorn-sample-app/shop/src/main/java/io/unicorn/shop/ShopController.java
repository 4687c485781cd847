package io.unicorn.shop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import jakarta.servlet.http.HttpSession;

import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.HtmlUtils;

/**
 * The page of the shop and its forms.
 */
@Controller
class ShopController {

	private final Products products;

	private final String template;

	ShopController(Products products) throws IOException {
		this.products = products;
		this.template = new ClassPathResource("shop.html").getContentAsString(StandardCharsets.UTF_8);
	}

	@GetMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
	@ResponseBody
	String shop(HttpSession session, Principal customer, CsrfToken csrf, Model model) {
		return this.template.replace("{customer}", customer.getName())
			.replace("{csrf}", csrf.getToken())
			.replace("{message}", escaped(String.valueOf(model.asMap().getOrDefault("message", ""))))
			.replace("{products}", items(this.products.all()))
			.replace("{cart}", items(cart(session).products()));
	}

	private static String items(List<String> names) {
		return names.stream().map((name) -> "<li>" + escaped(name)).collect(Collectors.joining());
	}

	private static String escaped(String text) {
		return HtmlUtils.htmlEscape(text);
	}

	@PostMapping("/cart")
	String addToCart(@RequestParam String product, HttpSession session, RedirectAttributes next) {
		cart(session).add(product);
		next.addFlashAttribute("message", product + " is in the cart");
		return "redirect:/";
	}

	/** The cart is changed in place, and not set again. */
	private static Cart cart(HttpSession session) {
		if (session.getAttribute("cart") instanceof Cart cart) {
			return cart;
		}
		Cart cart = new Cart();
		session.setAttribute("cart", cart);
		return cart;
	}

	@PostMapping("/")
	String addProduct(@RequestParam String name) {
		this.products.add(name);
		return "redirect:/";
	}

	@GetMapping("/products")
	@ResponseBody
	Map<String, Object> products() {
		return Map.of("pid", ProcessHandle.current().pid(), "products", this.products.all());
	}

}
