#include <algorithm>

#include "contract/earn_out.hpp"
#include "contract/leg_check.hpp"

namespace capstake {

namespace {

class TiersCheck {
 public:
  TiersCheck(const EarnOut& leg, const std::string& path, Issues& issues)
      : leg_(leg), path_(path), issues_(issues) {}

  void run() {
    if (leg_.above.empty()) {
      for (const auto* list : {&leg_.amounts, &leg_.rates}) {
        if (!list->empty()) {
          add("above", "is required: the levels that " + name_of(*list) + " are for");
        }
      }
      if (leg_.whole_amount) {
        add("whole_amount", "is of tiers, but this earn-out has none");
      }
      return;
    }
    if (leg_.amounts.empty() && leg_.rates.empty()) {
      add("above", "needs amounts or rates, one for each level");
    }
    check_size(leg_.amounts);
    check_size(leg_.rates);
    for (std::size_t i = 0; i < leg_.above.size(); ++i) {
      check_rises(i);
    }
  }

 private:
  std::string name_of(const Numbers& list) const {
    return &list == &leg_.amounts ? "amounts" : "rates";
  }

  void check_size(const Numbers& list) {
    if (!list.empty() && list.size() != leg_.above.size()) {
      add(name_of(list),
          "must have one for each level of `above`: " + std::to_string(leg_.above.size()),
          std::to_string(list.size()));
    }
  }

  // Whenever one of them changes.
  void check_rises(std::size_t i) {
    const Number& low = i == 0 ? leg_.threshold : leg_.above[i - 1];
    const Number& high = leg_.above[i];
    std::vector<Date> dates = {leg_.start};
    for (const Number* each : {&low, &high}) {
      for (const auto& [date, value] : each->by_date() != nullptr ? *each->by_date() : ByDate{}) {
        dates.push_back(date);
      }
    }
    if (std::ranges::any_of(dates,
                            [&](Date on) { return high.value_on(on) <= low.value_on(on); })) {
      issues_.push_back(
          {element_path(join_path(path_, "above"), i),
           i == 0 ? "must be higher than the threshold" : "must be higher than the level before",
           text(high), ""});
    }
  }

  void add(const std::string& field, std::string rule, std::string got = {}) {
    issues_.push_back({join_path(path_, field), std::move(rule), std::move(got), ""});
  }

  const EarnOut& leg_;
  const std::string& path_;
  Issues& issues_;
};

}  // namespace

void EarnOut::check(const std::string& path, const SoundFields& sound, Issues& issues) const {
  check_term_and_parties(*this, path, sound, issues);
  check_acceleration(*this, path, sound, issues);
  if (sound.contain({"tested", "year_start"})) {
    check_year_start(*this, tested != Tested::total,
                     "leave it out, or set tested = \"each_year\" or \"cumulative\"", path, issues);
  }
  if (sound.contain({"amount", "rate", "above"}) && amount.is_zero() && rate.is_zero() &&
      above.empty()) {
    issues.push_back({join_path(path, "amount"), "an earn-out needs an amount or a rate", "", ""});
  }
  if (sound.contain({"threshold", "above", "amounts", "rates", "whole_amount", "start"})) {
    TiersCheck(*this, path, issues).run();
  }
  if (sound.contain({"acceleration", "acceleration_amount", "total_cap"}) &&
      !acceleration.empty() && !acceleration_amount && !total_cap) {
    issues.push_back({join_path(path, "acceleration_amount"),
                      "is required where no total cap says what is left", "", ""});
  }
  if (sound.contain({"tested", "catch_up"}) && catch_up && tested != Tested::each_year) {
    issues.push_back({join_path(path, "catch_up"),
                      "is of tests of each year: the other tests have nothing to make up", "", ""});
  }
}

}  // namespace capstake
